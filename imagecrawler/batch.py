"""A batch: jobs that were asked for together, and how far they are."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

#: Seconds over which the pace is measured: long enough for slow pages, short enough to notice a
#: worker that joins.
PACE_SECONDS: Final = 120.0


@dataclass(frozen=True, slots=True)
class Batch:
    """``kind`` is file, recrawl or nightly, ``name`` what was asked for in words.

    ``total``: its jobs, once all were put in at ``enqueued_at``. ``skipped``: pages that were asked
    for and got none, because another re-crawl of them waits or runs. ``new`` unless it was under
    way when it was asked for.
    """

    id: UUID
    kind: str
    name: str
    total: int
    created_at: datetime
    enqueued_at: datetime | None = None
    skipped: int = 0
    new: bool = True


@dataclass(frozen=True, slots=True)
class Counts:
    """Jobs of a batch by state, those that have ended by outcome."""

    queued: int = 0
    running: int = 0
    ended: Mapping[str, int] = field(default_factory=dict)

    @property
    def finished(self) -> int:
        """Those that have ended, however."""
        return sum(self.ended.values())

    @property
    def left(self) -> int:
        """Those that have not."""
        return self.queued + self.running

    @property
    def succeeded(self) -> int:
        """Those that have ended well."""
        return self.ended.get("succeeded", 0)


@dataclass(frozen=True, slots=True)
class Failure:
    """A reason for which jobs did not succeed, how many, and the address of one of them."""

    outcome: str
    detail: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of a batch. ``seconds``: from the first page's start to the last one's end.

    ``gone``: jobs that were deleted with their campaigns. ``unchanged``: re-crawls that found the
    page as it was.
    """

    batch: Batch
    counts: Counts
    images_found: int
    images_saved: int
    unchanged: int
    seconds: float
    finished_at: datetime | None
    failures: tuple[Failure, ...]

    @property
    def gone(self) -> int:
        """Jobs that are not there any more."""
        return max(0, self.batch.total - self.counts.finished - self.counts.left)

    @property
    def pages_per_minute(self) -> float:
        """Of those that have ended; 0 before the first."""
        return 60 * self.counts.finished / self.seconds if self.seconds else 0.0

    @property
    def exit_code(self) -> int:
        """0 all succeeded, 3 some did not, 1 none did."""
        if self.counts.succeeded == self.batch.total:
            return 0
        return 3 if self.counts.succeeded else 1


class Pace:
    """How fast jobs end, by the last PACE_SECONDS."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, int]] = deque()

    def note(self, now: float, finished: int) -> None:
        """``finished`` jobs had ended at ``now``, seconds of a clock that only goes on."""
        self._points.append((now, finished))
        while self._points[0][0] < now - PACE_SECONDS:
            self._points.popleft()

    @property
    def per_minute(self) -> float:
        """0 where none has ended."""
        if not self._points:
            return 0.0
        (began, before), (now, finished) = self._points[0], self._points[-1]
        return 60 * (finished - before) / (now - began) if now > began else 0.0

    def seconds_for(self, jobs: int) -> float | None:
        """How long ``jobs`` will take; None where none has ended."""
        return 60 * jobs / self.per_minute if self.per_minute else None
