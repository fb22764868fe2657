"""How the queue stands; each question is answered from an index."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from croniter import croniter
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.db.figures import queue_figures
from imagecrawler.queue_status import (
    BatchUnderWay,
    JobsOfPriority,
    QueueStatus,
    SiteOnHold,
    WaitingDomain,
)

#: Domains, and sites, that are named.
MOST: Final = 5

# Those in a lane already are at most one a lane.
_DOMAINS = text("""
    SELECT domain, count(*) FROM scrape_jobs WHERE state = 'queued' AND released_at IS NULL
    GROUP BY domain ORDER BY 2 DESC, 1 LIMIT :most
""")

_ON_HOLD = text("""
    SELECT domain, next_start FROM sites
    WHERE next_start > now() + (crawl_delay + 5) * interval '1 second'
    ORDER BY next_start DESC, domain LIMIT :most
""")

_BATCHES = text("""
    SELECT id, kind, name, created_at, total, unfinished.count FROM job_batches, LATERAL (
        SELECT count(*) FROM scrape_jobs
        WHERE batch_id = job_batches.id AND state IN ('queued', 'running')
    ) AS unfinished
    WHERE unfinished.count > 0 ORDER BY created_at
""")


async def queue_status(db: AsyncSession, cron: str) -> QueueStatus:
    """As it is now. ``cron``: when pages that are due are put into the queue, or ``off``."""
    figures = await queue_figures(db)
    now = (await db.execute(select(func.now()))).scalar_one()
    domains = await db.execute(_DOMAINS, {"most": MOST})
    held = await db.execute(_ON_HOLD, {"most": MOST})
    return QueueStatus(
        at=now,
        workers=figures.counts.workers,
        running=figures.counts.running,
        priorities=tuple(JobsOfPriority(*each) for each in figures.waiting),
        last_day=figures.ended,
        domains=tuple(WaitingDomain(*row) for row in domains),
        sites_on_hold=figures.counts.sites_on_hold,
        held_longest=tuple(SiteOnHold(*row) for row in held),
        pages_due=figures.counts.pages_due,
        next_night=next_night(cron, now),
        batches=tuple(BatchUnderWay(*row) for row in await db.execute(_BATCHES)),
        to_purge=figures.counts.deletions,
    )


def next_night(cron: str, now: datetime) -> datetime | None:
    """The first time after ``now`` that ``cron`` (in UTC) names; None where it is ``off``."""
    if cron == "off":
        return None
    following: datetime = croniter(cron, now).get_next(datetime)
    return following
