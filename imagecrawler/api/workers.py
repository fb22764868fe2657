"""Standing workers as child processes of ``imagecrawler serve``."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

logger = logging.getLogger(__name__)

COMMAND: Final = (sys.executable, "-m", "imagecrawler", "worker")

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0

LEAVE_SECONDS: Final = 15.0
"""For a worker to put back what it holds."""

SETTLED_SECONDS: Final = 60.0
"""A worker that lived that long is restarted as quickly as the first."""


@asynccontextmanager
async def standing_workers(
    count: int,
    environment: Mapping[str, str],
    patience: float,
    command: tuple[str, ...] = COMMAND,
    bury: Callable[[int], None] = lambda _: None,
) -> AsyncIterator[None]:
    """Keeps ``count`` workers alive within the block; at its end they finish and are gone.

    ``environment`` is added to this process's own. One that has not ended ``patience`` seconds
    after SIGTERM gets a second, which tells it to put back what it holds, and is then killed.
    ``bury`` gets the process id of each that has ended.
    """
    keeper = _Keeper(command, {**os.environ, **environment}, patience, bury)
    keepers = [asyncio.create_task(keeper.keep_alive()) for _ in range(count)]
    try:
        yield
    finally:
        for task in keepers:
            task.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class _Keeper:
    command: tuple[str, ...]
    environment: Mapping[str, str]
    patience: float
    bury: Callable[[int], None]

    async def keep_alive(self) -> None:
        pause = FIRST_PAUSE
        while True:
            begun = time.monotonic()
            code = await self._run()
            if time.monotonic() - begun > SETTLED_SECONDS:
                pause = FIRST_PAUSE
            logger.warning("a worker ended with code %s; the next starts in %.0f s", code, pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _run(self) -> int:
        # In a session of its own, or Ctrl-C in a terminal would reach it beside our SIGTERM.
        process = await asyncio.create_subprocess_exec(
            *self.command, env=self.environment, start_new_session=True
        )
        try:
            return await process.wait()
        finally:
            if process.returncode is None:
                await self._stop(process)
            self.bury(process.pid)

    async def _stop(self, process: asyncio.subprocess.Process) -> None:
        for seconds in (self.patience, LEAVE_SECONDS):
            process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), seconds)
                return
            logger.warning("worker %d did not end in %.0f s", process.pid, seconds)
        process.kill()
        await process.wait()
