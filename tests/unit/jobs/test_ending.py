from __future__ import annotations

import asyncio
import logging

import pytest

from imagecrawler.jobs import ending
from imagecrawler.jobs.ending import end


async def _deaf(times: int) -> None:
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            times -= 1
            if times < 0:
                raise


async def _failing() -> None:
    try:
        await asyncio.sleep(3600)
    finally:
        raise ValueError("broken")


async def _begun(*works: object) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(work, name="work") for work in works]  # type: ignore[arg-type]
    await asyncio.sleep(0)
    return tasks


async def test_tasks_that_lose_a_cancellation_are_cancelled_again(monkeypatch):
    monkeypatch.setattr(ending, "AGAIN_SECONDS", 0.01)
    tasks = await _begun(_deaf(2), _deaf(0))
    await end(*tasks)
    assert all(task.cancelled() for task in tasks)


async def test_what_a_task_ends_with_is_told(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.ERROR):
        await end(*await _begun(_failing(), _deaf(0)))
    assert caplog.messages == ["work ended with an error"]


async def test_nothing_to_end_is_no_error():
    await end()
