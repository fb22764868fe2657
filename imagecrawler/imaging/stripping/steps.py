"""How much of a body is walked through: it may be made of nothing but empty parts."""

from __future__ import annotations

MAX_STEPS = 100_000
"""A GIF of 20 MiB takes 80,000; no other format needs a hundredth of that."""


class Steps:
    """Raises ValueError once there were too many."""

    def __init__(self) -> None:
        self._left = MAX_STEPS

    def take(self) -> bool:
        """True, so that it can stand in the head of a loop."""
        self._left -= 1
        if self._left < 0:
            raise ValueError(f"more than {MAX_STEPS:,} parts")
        return True
