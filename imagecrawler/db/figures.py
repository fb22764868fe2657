"""How the queue stands, and what is around it, from what indexes hold of it.

Nothing costs more for the millions of jobs that have ended, but for those of the last day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_WAITING = text("""
    SELECT priority, count(*), count(*) FILTER (WHERE not_before > now()),
        coalesce(extract(epoch FROM now() - min(coalesce(not_before, created_at))
            FILTER (WHERE not_before IS NULL OR not_before <= now())), 0)::float
    FROM scrape_jobs WHERE state = 'queued' GROUP BY priority ORDER BY priority DESC
""")

_ENDED = text("""
    SELECT outcome, count(*) FROM scrape_jobs
    WHERE finished_at > now() - interval '24 hours' GROUP BY outcome
""")

#: A worker's heart beats every 10 s. A site is on hold when its next page is further away than
#: the pauses that it always asks for.
_COUNTS = text("""
    SELECT
        (SELECT count(*) FROM procrastinate_jobs
            WHERE status = 'doing' AND task_name = 'imagecrawler.scrape'),
        (SELECT count(*) FROM procrastinate_workers
            WHERE last_heartbeat > now() - interval '30 seconds'),
        (SELECT count(*) FROM sales_pages WHERE next_due_at <= now()),
        (SELECT count(*) FROM sites
            WHERE next_start > now() + (crawl_delay + 5) * interval '1 second'),
        (SELECT count(*) FROM deleted_objects),
        coalesce((SELECT extract(epoch FROM now() - deleted_at) FROM deleted_objects
            ORDER BY id LIMIT 1), 0)::float
""")


class Waiting(NamedTuple):
    """Jobs of one priority that wait, ``held_back`` of them for a time that was set.

    ``oldest``: seconds for which one of the others could have begun.
    """

    priority: int
    jobs: int
    held_back: int
    oldest: float


class Counts(NamedTuple):
    """``oldest_deletion``: seconds for which an object has waited to be deleted."""

    running: int
    workers: int
    pages_due: int
    sites_on_hold: int
    deletions: int
    oldest_deletion: float


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """``ended``: jobs of the last 24 hours by outcome.

    ``running`` are the queue's alone, ``workers`` all that use its tables and have a heartbeat.
    """

    waiting: tuple[Waiting, ...]
    ended: Mapping[str, int]
    counts: Counts


async def queue_figures(db: AsyncSession) -> QueueFigures:
    """As of this transaction."""
    waiting = tuple(Waiting(*row) for row in await db.execute(_WAITING))
    ended = [tuple(row) for row in await db.execute(_ENDED)]
    return QueueFigures(waiting, dict(ended), Counts(*(await db.execute(_COUNTS)).one()))
