"""Jobs of workers that died are put back into the queue."""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from sqlalchemy import func, select

from imagecrawler.db.database import Database
from imagecrawler.db.jobs import requeue_job
from imagecrawler.db.lanes import QUEUE, SCRAPE
from imagecrawler.errors import DatabaseError

logger = logging.getLogger(__name__)

_LOCK = int.from_bytes(b"imgrecov")


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
            recovered += 1
    return recovered
