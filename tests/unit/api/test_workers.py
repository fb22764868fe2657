"""Child processes are Python one-liners here that write down what happens to them."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from imagecrawler.api import workers
from imagecrawler.api.workers import standing_workers

OBEDIENT = """
import os, signal, sys, time
log = open(os.environ["LOG"], "a", buffering=1)
signal.signal(signal.SIGTERM, lambda *_: (log.write("stopped\\n"), sys.exit(0)))
log.write("started\\n")
time.sleep(60)
"""
SHORT_LIVED = 'import os; open(os.environ["LOG"], "a").write("started\\n")'
DEAF = """
import os, signal, time
signal.signal(signal.SIGTERM, lambda *_: open(os.environ["LOG"], "a").write("asked\\n"))
open(os.environ["LOG"], "a").write("started\\n")
while True: time.sleep(60)
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log"
    path.touch()
    return path


def _read(log: Path) -> list[str]:
    return log.read_text().splitlines()


async def _lines(log: Path, count: int) -> list[str]:
    while len(_read(log)) < count:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    return _read(log)


async def test_workers_stand_within_the_block_and_end_with_it(log: Path) -> None:
    command = (sys.executable, "-c", OBEDIENT)
    async with standing_workers(2, {"LOG": str(log)}, 30, command):
        assert await _lines(log, 2) == ["started"] * 2
    assert _read(log) == ["started"] * 2 + ["stopped"] * 2


async def test_a_worker_that_dies_is_replaced(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "FIRST_PAUSE", 0.01)
    command = (sys.executable, "-c", SHORT_LIVED)
    async with standing_workers(1, {"LOG": str(log)}, 30, command):
        await _lines(log, 3)


async def test_a_worker_that_does_not_end_is_asked_again_and_killed(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "LEAVE_SECONDS", 0.3)
    command = (sys.executable, "-c", DEAF)
    async with standing_workers(1, {"LOG": str(log)}, 0.3, command):
        await _lines(log, 1)
    assert _read(log) == ["started", "asked", "asked"]


async def test_no_workers_at_all(log: Path) -> None:
    async with standing_workers(0, {}, 30):
        pass
    assert _read(log) == []
