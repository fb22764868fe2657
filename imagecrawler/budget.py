"""The wall time that one page may take, shared by everything that waits on its behalf."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from time import monotonic


class Budget:
    """Counts down from ``seconds`` of wall time, starting now."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - monotonic())

    def part(self, seconds: float) -> Budget:
        """A budget of at most ``seconds`` that ends no later than this one."""
        return Budget(min(seconds, self.left))

    def limit(self, seconds: float | None = None) -> AbstractAsyncContextManager[object]:
        """Raises TimeoutError in its body once ``seconds``, or the whole budget, are spent."""
        return asyncio.timeout(self.left if seconds is None else min(seconds, self.left))
