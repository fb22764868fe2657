"""The wall time that one page may take, shared by everything that waits on its behalf."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic


class _Stop:
    """Whether a budget and its parts were called off, and who waits on them now."""

    def __init__(self) -> None:
        self.called = False
        self.waiting: set[asyncio.Timeout] = set()


class Budget:
    """Counts down from ``seconds`` of wall time, starting now."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = monotonic() + seconds
        self._stop = _Stop()

    @property
    def left(self) -> float:
        """Seconds left, never negative; 0 once the budget was called off."""
        return 0.0 if self._stop.called else max(0.0, self._end - monotonic())

    @property
    def called_off(self) -> bool:
        """Whether somebody ended it before its time."""
        return self._stop.called

    def part(self, seconds: float) -> Budget:
        """A budget of at most ``seconds`` that ends no later than this one."""
        part = Budget(min(seconds, self.left))
        part._stop = self._stop
        return part

    @asynccontextmanager
    async def limit(self, seconds: float | None = None) -> AsyncIterator[None]:
        """Raises TimeoutError in its body once ``seconds``, or the whole budget, are spent."""
        left = self.left
        async with asyncio.timeout(left if seconds is None else min(seconds, left)) as timeout:
            self._stop.waiting.add(timeout)
            try:
                yield
            finally:
                self._stop.waiting.discard(timeout)

    def call_off(self) -> None:
        """Nothing is left from now on, and whoever waits gets its TimeoutError."""
        if self._stop.called:
            return
        self._stop.called = True
        for timeout in self._stop.waiting:
            if not timeout.expired():
                timeout.reschedule(asyncio.get_running_loop().time())
