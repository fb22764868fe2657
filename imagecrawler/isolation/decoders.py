"""Decoders for the pictures of one crawl: as many processes as there are cores, warm."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from imagecrawler.errors import DecodersFailed, UndecodableImage
from imagecrawler.imaging.decode import FORMATS, LARGE_PIXELS
from imagecrawler.imaging.examine import Pixels, Unusable
from imagecrawler.imaging.headers import sniff, stated_size
from imagecrawler.isolation.limits import Limits
from imagecrawler.isolation.processes import Decoder, Template
from imagecrawler.items import Reason

logger = logging.getLogger(__name__)

#: Beyond the decoder's own clock, which ends it first.
GRACE_SECONDS = 2.0
START_SECONDS = 30.0

#: A container on a large machine sees all of its cores, and has memory for few.
MOST_DECODERS = 4


class Decoders:
    """Looks at pictures in processes that each may cost no more than ``limits``.

    A picture that takes its decoder with it is unusable, and the next gets another decoder.
    """

    def __init__(self, count: int | None = None, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        # the one that was left last is taken first: few are started for few pictures
        self._free: asyncio.LifoQueue[_Slot] = asyncio.LifoQueue()
        for _ in range(count or _cores()):
            self._free.put_nowait(_Slot())
        self._template: Template | None = None
        self._large = asyncio.Lock()

    def open(self) -> None:
        """Begins to import what decoders need, beside what the caller does."""
        if self._template is None or not self._template.is_alive:
            self._close_template()
            self._template = Template()

    async def look_at(self, body: bytes) -> Pixels | Unusable:
        """What the pixels of one picture say. Raises DecodersFailed."""
        async with self._turn(body):
            slot = await self._free.get()
            try:
                return await self._asked(slot, body)
            except BaseException:
                slot.empty()  # in the middle of an answer
                raise
            finally:
                self._free.put_nowait(slot)

    async def close(self) -> None:
        """What is looked at is given up."""
        while not self._free.empty():
            self._free.get_nowait().empty()
        await asyncio.to_thread(self._close_template)

    def _close_template(self) -> None:
        if self._template is not None:
            self._template.close()
            self._template = None

    async def _asked(self, slot: _Slot, body: bytes) -> Pixels | Unusable:
        if slot.decoder is None or slot.decoder.is_done(self._limits.pictures):
            slot.empty()
            slot.decoder = await self._start()
        try:
            async with asyncio.timeout(self._limits.wall_seconds + GRACE_SECONDS):
                return await slot.decoder.ask(body)
        except (TimeoutError, EOFError, OSError, ValueError) as error:
            logger.warning("a decoder of pictures ended: %r", error)
            slot.empty()
            return Unusable(Reason.UNDECODABLE, self._fatal())

    async def _start(self) -> Decoder:
        for _ in range(2):
            self.open()
            assert self._template is not None
            try:
                async with asyncio.timeout(START_SECONDS):
                    return await self._template.decoder(self._limits)
            except (TimeoutError, EOFError, OSError) as error:
                logger.warning("a decoder of pictures did not start: %r", error)
                self._close_template()
        raise DecodersFailed("no decoder of pictures can be started; the log says why")

    @asynccontextmanager
    async def _turn(self, body: bytes) -> AsyncIterator[None]:
        """Very large pictures one by one: each may need hundreds of megabytes."""
        if _pixels(body) <= LARGE_PIXELS:
            yield
            return
        async with self._large:
            yield

    def _fatal(self) -> str:
        limits = self._limits
        return (
            f"its decoder did not survive it: a crash, or more than {limits.megabytes} MiB, "
            f"{limits.cpu_seconds:.0f} s of CPU or {limits.wall_seconds:.0f} s"
        )


def _cores() -> int:
    """That this process may use, MOST_DECODERS at most."""
    if hasattr(os, "sched_getaffinity"):
        return min(MOST_DECODERS, len(os.sched_getaffinity(0)))
    return min(MOST_DECODERS, os.cpu_count() or 1)


def _pixels(body: bytes) -> int:
    """As the header states it; 0 where there is none, which the decoder will say."""
    try:
        form = sniff(body)
        width, height = stated_size(body, form) if form in FORMATS else (0, 0)
    except UndecodableImage:
        return 0
    return width * height


@dataclass(slots=True)
class _Slot:
    decoder: Decoder | None = None

    def empty(self) -> None:
        if self.decoder is not None:
            self.decoder.close()
            self.decoder = None
