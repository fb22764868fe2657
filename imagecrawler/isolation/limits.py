"""What one picture may cost."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_KIBIBYTES = 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """``megabytes``: MiB on top of what a decoder has before its first picture.

    A process stays below 1 GiB with it. Pictures of the largest size that is admitted fit, but for
    some lossless WebP, whose decoder holds them four times over. ``cpu_seconds`` and
    ``wall_seconds`` are for one picture; the kernel ends what exceeds them. ``pictures``: a
    decoder that has seen so many is replaced.
    """

    megabytes: int = 900
    cpu_seconds: float = 8.0
    wall_seconds: float = 12.0
    pictures: int = 1000

    def confine(self) -> None:
        """Holds this process to them from now on: it cannot write files, nor leave a core."""
        size = _address_space() + self.megabytes * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
            resource.setrlimit(limit, (0, 0))
        # a page that is rendered meanwhile goes first
        os.nice(5)

    @contextmanager
    def one_picture(self) -> Iterator[None]:
        """Time runs; the signals of both timers end a process that does not handle them."""
        signal.setitimer(signal.ITIMER_PROF, self.cpu_seconds)
        signal.setitimer(signal.ITIMER_REAL, self.wall_seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)


def _address_space() -> int:
    """Bytes; where there is no /proc, the most this process ever had in memory."""
    try:
        with open("/proc/self/statm") as statm:  # noqa: PTH123 - a hundredth of Path's import
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIBIBYTES
