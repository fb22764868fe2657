"""How the queue stands, as it is told to a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class JobsOfPriority:
    """Jobs that wait, ``held_back`` of them for a time that is to come.

    ``oldest_seconds``: for how long one of the others could have begun.
    """

    priority: int
    waiting: int
    held_back: int
    oldest_seconds: float


@dataclass(frozen=True, slots=True)
class WaitingDomain:
    """A registrable domain and how many of its pages wait."""

    domain: str
    waiting: int


@dataclass(frozen=True, slots=True)
class SiteOnHold:
    """A registrable domain of which no page is asked for before ``until``."""

    domain: str
    until: datetime


@dataclass(frozen=True, slots=True)
class BatchUnderWay:
    """A batch of which ``left`` jobs have not ended; ``total`` is 0 while they are put in."""

    id: UUID
    kind: str
    name: str
    created_at: datetime
    total: int
    left: int


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """All of it at the moment ``at``. ``last_day``: jobs that ended since then, by outcome.

    ``next_night``: when pages that are due are put into the queue; None: never. ``to_purge``:
    deleted images whose objects are still in the store.
    """

    at: datetime
    workers: int
    running: int
    priorities: tuple[JobsOfPriority, ...]
    last_day: Mapping[str, int]
    domains: tuple[WaitingDomain, ...]
    sites_on_hold: int
    held_longest: tuple[SiteOnHold, ...]
    pages_due: int
    next_night: datetime | None
    batches: tuple[BatchUnderWay, ...]
    to_purge: int

    @property
    def waiting(self) -> int:
        """Of every priority, those that are held back included."""
        return sum(each.waiting for each in self.priorities)

    @property
    def held_back(self) -> int:
        """Of those that wait, those whose time is to come."""
        return sum(each.held_back for each in self.priorities)

    @property
    def oldest_seconds(self) -> float | None:
        """For how long the oldest could have begun; None where none waits."""
        return max((each.oldest_seconds for each in self.priorities), default=None)
