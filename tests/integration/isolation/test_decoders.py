from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO

import numpy as np
import psutil
import pytest
from PIL import Image

from imagecrawler.errors import DecodersFailed
from imagecrawler.imaging.examine import Pixels, Unusable, look_at
from imagecrawler.isolation import Decoders, Limits, processes
from imagecrawler.items import Reason


def _picture(side: int = 300, form: str = "PNG") -> bytes:
    noise = np.random.default_rng(side).integers(0, 255, (side, side, 3), dtype=np.uint8)
    target = BytesIO()
    Image.fromarray(noise).save(target, form)
    return target.getvalue()


def _large() -> bytes:
    target = BytesIO()
    Image.new("RGB", (6000, 6000), "teal").save(target, "PNG", compress_level=1)
    return target.getvalue()


def _family() -> list[psutil.Process]:
    """The template and the decoders forked from it."""
    children = psutil.Process().children(recursive=True)
    return [each for each in children if "imagecrawler.isolation.template" in each.cmdline()]


def _decoders() -> list[psutil.Process]:
    return [each for each in _family() if each.ppid() != os.getpid()]


@asynccontextmanager
async def opened(*arguments: object) -> AsyncIterator[Decoders]:
    decoders = Decoders(*arguments)
    try:
        yield decoders
    finally:
        await decoders.close()
        _, alive = psutil.wait_procs(_family(), timeout=10)
        assert alive == []


async def test_it_sees_what_is_seen_in_this_process() -> None:
    bodies = [_picture(200), _picture(700, "JPEG"), b"<html>404</html>", _picture(50)[:200]]
    async with opened(2) as decoders:
        found = await asyncio.gather(*map(decoders.look_at, bodies))
    expected = list(map(look_at, bodies))
    assert found == expected
    for one, other in zip(found, expected, strict=True):
        if isinstance(one, Pixels):
            assert np.array_equal(one.thumbnail, other.thumbnail)


async def test_it_is_warm_and_never_more_than_it_may_be() -> None:
    async with opened(2) as decoders:
        for _ in range(3):
            await decoders.look_at(_picture())
        assert len(_decoders()) == 1
        await asyncio.gather(*(decoders.look_at(_picture()) for _ in range(8)))
        assert len(_decoders()) == 2


async def test_it_knows_no_secret_and_writes_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGECRAWLER_JWT_SECRET", "hush")
    async with opened(1) as decoders:
        await decoders.look_at(_picture())
        (process,) = _decoders()
        assert not any(name.startswith("IMAGECRAWLER") for name in process.environ())
        assert process.rlimit(psutil.RLIMIT_FSIZE) == (0, 0)
        assert process.rlimit(psutil.RLIMIT_CORE) == (0, 0)


async def test_what_needs_too_much_memory_costs_one_picture() -> None:
    async with opened(1, Limits(megabytes=40)) as decoders:
        large = await decoders.look_at(_large())
        small = await decoders.look_at(_picture())
    assert isinstance(large, Unusable)
    assert large.reason is Reason.UNDECODABLE
    assert isinstance(small, Pixels)


@pytest.mark.parametrize("limits", [Limits(cpu_seconds=0.05), Limits(wall_seconds=0.05)])
async def test_what_takes_too_long_costs_one_picture(limits: Limits) -> None:
    async with opened(1, limits) as decoders:
        large = await decoders.look_at(_large())
        # on a busy machine even the smallest may take a moment too long
        small = [await decoders.look_at(_picture(20)) for _ in range(10)]
    assert isinstance(large, Unusable)
    assert "did not survive" in large.detail
    assert any(isinstance(each, Pixels) for each in small)


async def test_one_that_was_killed_is_replaced() -> None:
    async with opened(1) as decoders:
        await decoders.look_at(_picture())
        (process,) = _decoders()
        process.kill()
        process.wait()
        await asyncio.sleep(0.1)  # its end is heard of
        assert isinstance(await decoders.look_at(_picture()), Pixels)


async def test_the_process_they_are_forked_from_may_die() -> None:
    async with opened(2) as decoders:
        await decoders.look_at(_picture())
        (template,) = (each for each in _family() if each.ppid() == os.getpid())
        template.kill()
        template.wait()
        await asyncio.gather(*(decoders.look_at(_picture()) for _ in range(4)))
        assert len(_family()) == 2  # and the first decoder, which is no child of ours any more


async def test_one_that_has_looked_at_enough_is_replaced() -> None:
    async with opened(1, Limits(pictures=2)) as decoders:
        seen = set()
        for _ in range(5):
            await decoders.look_at(_picture())
            seen |= {each.pid for each in _decoders()}
    assert len(seen) == 3


async def test_a_caller_who_leaves_takes_no_answer_of_the_next_one() -> None:
    async with opened(1) as decoders:
        await decoders.look_at(_picture(20))
        asking = asyncio.create_task(decoders.look_at(_large()))
        await asyncio.sleep(0.05)
        asking.cancel()
        await asyncio.wait({asking})
        assert await decoders.look_at(_picture(30)) == look_at(_picture(30))


async def test_signals_for_the_worker_do_not_end_what_it_needs() -> None:
    async with opened(1) as decoders:
        await decoders.look_at(_picture())
        for process in _family():
            for number in (signal.SIGINT, signal.SIGTERM):
                process.send_signal(number)
        assert isinstance(await decoders.look_at(_picture()), Pixels)
        assert len(_decoders()) == 1


async def test_where_none_can_be_started_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes.sys, "executable", "/bin/false")
    async with opened(1) as decoders:
        with pytest.raises(DecodersFailed, match="no decoder of pictures can be started"):
            await decoders.look_at(_picture())
