"""Jobs of workers that died are put back into the queue, those of other crawls ended."""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from sqlalchemy import func, select

from imagecrawler.crash_points import CrashPoint, crash_point
from imagecrawler.db.database import Database
from imagecrawler.db.jobs import finish_job, requeue_job
from imagecrawler.db.lanes import QUEUE, SCRAPE, lost_jobs
from imagecrawler.errors import DatabaseError
from imagecrawler.items import Outcome, PageItem

logger = logging.getLogger(__name__)

_LOCK = int.from_bytes(b"imgrecov")

#: Three times the longest that a crawl can take: ten minutes of PAGE_BUDGET, then uploads and rows.
LOST_SECONDS = 3600.0

_LOST = "its process ended before the crawl did; run it again"


async def recover_for_ever(database: Database, manager: JobManager, silence: float) -> None:
    """Every half of ``silence``: the jobs of workers without a heartbeat for so many seconds."""
    while True:
        try:
            await recover_jobs(database, manager, silence)
        except (DatabaseError, ConnectorException) as error:
            logger.warning("jobs of dead workers are not looked for: %s", error)
        await asyncio.sleep(silence / 2)


async def recover_jobs(database: Database, manager: JobManager, silence: float) -> int:
    """How many jobs were put back. Of several processes one at a time does so.

    Else the second could take a job from a worker to which the first has just given it.
    """
    async with database.session() as db:
        if not await db.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
            return 0
        stalled = await manager.get_stalled_jobs(
            queue=QUEUE, task_name=SCRAPE, seconds_since_heartbeat=silence
        )
        recovered = 0
        for job in stalled:
            job_id = UUID(str(job.task_kwargs["job_id"]))
            logger.warning("job %s runs again: its worker died", job_id)
            await requeue_job(db, job_id)
            await manager.retry_job(job)
            crash_point(CrashPoint.JOB_RECOVERING)
            recovered += 1
    return recovered


async def end_lost_jobs(database: Database) -> int:
    """How many jobs failed that nobody can be at any more, and that no queue will run again.

    A killed ``scrapy crawl`` leaves such a one, and counts against its user's quota until then.
    """
    async with database.session() as db:
        lost = await lost_jobs(db, LOST_SECONDS)
        for job_id, target in lost:
            logger.warning("job %s has failed: %s", job_id, _LOST)
            item = PageItem(target, job_id, outcome=Outcome.FAILED, detail=_LOST)
            await finish_job(db, item)
    return len(lost)
