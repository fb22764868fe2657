import asyncio

import pytest

from imagecrawler.budget import Budget


def test_a_part_never_outlives_the_whole() -> None:
    whole = Budget(10)
    assert whole.part(100).left <= 10
    assert whole.part(1).left <= 1


def test_an_empty_budget_has_nothing_left() -> None:
    assert Budget(-1).left == 0


async def test_the_limit_ends_what_takes_longer() -> None:
    with pytest.raises(TimeoutError):
        async with Budget(30).limit(0.01):
            await asyncio.sleep(30)


async def test_the_limit_is_never_longer_than_the_budget() -> None:
    with pytest.raises(TimeoutError):
        async with Budget(0.01).limit(30):
            await asyncio.sleep(30)


async def test_called_off_everybody_who_waits_is_woken() -> None:
    whole = Budget(30)
    part = whole.part(20)

    async def wait() -> None:
        async with part.limit():
            await asyncio.sleep(30)

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    whole.call_off()
    with pytest.raises(TimeoutError):
        await waiting
    assert (whole.left, part.left, part.called_off) == (0, 0, True)


async def test_called_off_nobody_begins_to_wait() -> None:
    budget = Budget(30)
    budget.call_off()
    with pytest.raises(TimeoutError):
        async with budget.limit():
            await asyncio.sleep(30)


async def test_calling_off_twice_is_no_error() -> None:
    budget = Budget(30)

    async def wait() -> None:
        async with budget.limit():
            await asyncio.sleep(30)

    waiting = asyncio.create_task(wait())
    await asyncio.sleep(0)
    budget.call_off()
    budget.call_off()
    await asyncio.sleep(0)
    budget.call_off()
    with pytest.raises(TimeoutError):
        await waiting
