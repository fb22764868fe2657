"""Lanes: where a job waits until one of its domain's places in the queue is free.

Jobs wait in ``scrape_jobs``; Procrastinate's tables hold the next of each lane, under the lane's
name as its lock. Who takes a job out of the queue lets the lane's next one in: a trigger does so,
in the same transaction (migration 0003).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, delete, func, literal_column, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.db.events import JobEvent, notify
from imagecrawler.db.job_models import JobBatch, SalesPage, ScrapeJob
from imagecrawler.db.jobs import finish_job
from imagecrawler.db.text import storable
from imagecrawler.items import PageItem, Target

#: Ours alone, also where the host application uses the same tables.
QUEUE = "imagecrawler"
SCRAPE = "imagecrawler.scrape"

#: A job that tries again within so many seconds keeps its lane meanwhile; others let it go.
KEEP_LANE_SECONDS = 60.0

_PRUNED = 1_000

#: Jobs that one statement puts into the queue: 40,000 take a large part of its 30 seconds.
_RELEASED = 10_000


async def enter_lane(db: AsyncSession, job_id: UUID, slots: int) -> None:
    """Put a job into a lane of its domain where none runs, in front of those of lower priority.

    Where there is no such lane, the first that comes free takes it.
    """
    await db.execute(select(func.imagecrawler_enter(job_id, slots)))


async def release_jobs(db: AsyncSession, slots: int) -> int:
    """Fill the empty lanes of all domains with jobs that wait: how many that were."""
    released = 0
    while True:
        some: int = await db.scalar(select(func.imagecrawler_release(slots, _RELEASED))) or 0
        released += some
        if some < _RELEASED:
            return released


async def conclude_job(db: AsyncSession, item: PageItem) -> None:
    """Write how an attempt without images ended: by the job's end, or by another attempt."""
    if item.retry_in is None:
        await finish_job(db, item)
    else:
        await postpone_job(db, item)


async def postpone_job(db: AsyncSession, item: PageItem) -> None:
    """The job waits again, for ``item.retry_in`` seconds; its ``detail`` says why."""
    assert item.retry_in is not None, "an end is not postponed"
    waiting: dict[str, Any] = {
        "state": "queued",
        "detail": storable(item.detail),
        "started_at": None,
        "progress": {},
        "not_before": func.now() + _seconds(item.retry_in),
    }
    if not item.was_asked:
        waiting["attempts"] = ScrapeJob.attempts - 1
    if item.retry_in > KEEP_LANE_SECONDS:
        waiting["released_at"] = None
    running = (ScrapeJob.id == item.job_id) & (ScrapeJob.state == "running")
    changed = update(ScrapeJob).where(running).values(waiting).returning(ScrapeJob.id)
    if await db.scalar(changed) is not None:
        await notify(db, JobEvent(item.job_id, "queued"))


async def lost_jobs(db: AsyncSession, seconds: float) -> list[tuple[UUID, Target]]:
    """Jobs that began over ``seconds`` ago and run in no lane; ours until the transaction ends."""
    in_queue = text("SELECT args ->> 'job_id' FROM procrastinate_jobs WHERE args ? 'job_id'")
    columns = (ScrapeJob.url, ScrapeJob.campaign_id, ScrapeJob.user_id, ScrapeJob.max_images)
    query = (
        select(ScrapeJob.id, *columns)
        .where(
            # in an index, which the state of those that run is not
            ScrapeJob.finished_at.is_(None),
            ScrapeJob.state == "running",
            ScrapeJob.started_at < func.now() - _seconds(seconds),
            cast(ScrapeJob.id, Text).not_in(in_queue.columns(job_id=Text).scalar_subquery()),
        )
        .limit(_PRUNED)
        .with_for_update(skip_locked=True)
    )
    return [
        (row.id, Target(row.url, row.campaign_id, row.user_id, row.max_images))
        for row in await db.execute(query)
    ]


async def prune_jobs(db: AsyncSession, days: int) -> int:
    """Delete some of the jobs that ended over ``days`` days ago: how many, 0 when none is left.

    A page's last full crawl stays, which says what its unchanged re-crawls found.
    """
    old = ScrapeJob.finished_at < func.now() - _seconds(days * 86_400)
    named = select(SalesPage.id).where(SalesPage.job_id == ScrapeJob.id).exists()
    some = select(ScrapeJob.id).where(old, ~named).limit(_PRUNED).with_for_update(skip_locked=True)
    gone = delete(ScrapeJob).where(ScrapeJob.id.in_(some)).returning(ScrapeJob.id)
    count = len((await db.scalars(gone)).all())
    if not count:
        empty = ~select(ScrapeJob.id).where(ScrapeJob.batch_id == JobBatch.id).exists()
        aged = JobBatch.created_at < func.now() - _seconds(days * 86_400)
        await db.execute(delete(JobBatch).where(aged, empty))
    return count


def _seconds(count: float) -> Any:
    return float(count) * literal_column("interval '1 second'")
