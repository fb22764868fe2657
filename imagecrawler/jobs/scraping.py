"""One job of the queue: begun, waited for, and put back where it is to be tried again."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from uuid import UUID

from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.jobs import Job as QueueJob

from imagecrawler.crash_points import CrashPoint, crash_point
from imagecrawler.db.database import Database
from imagecrawler.db.job_views import JobView, get_job
from imagecrawler.db.jobs import finish_job, requeue_job
from imagecrawler.db.lanes import KEEP_LANE_SECONDS
from imagecrawler.db.sites import pace_of
from imagecrawler.errors import DatabaseError, UnknownCampaign
from imagecrawler.items import Outcome, PageItem, Target
from imagecrawler.jobs.job import Job
from imagecrawler.jobs.ledger import JobLedger, policy_of
from imagecrawler.jobs.politeness import PATIENCE
from imagecrawler.jobs.seats import Seats

logger = logging.getLogger(__name__)

#: After so many attempts that came to no end (a page may take its worker with it) a job fails.
MAX_ATTEMPTS = 8

#: Before a job whose beginning or end could not be written is taken again, times the attempt.
DATABASE_SECONDS = 5.0


class Again(Exception):
    """The job keeps its lane and is taken out again after ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:.1f} s")
        self.seconds = seconds


class ScrapeRetries(BaseRetryStrategy):
    """No job leaves the queue by an error: ``scrape_jobs`` says how often it was tried."""

    def get_retry_decision(self, *, exception: BaseException, job: QueueJob) -> RetryDecision:
        """As Procrastinate asks."""
        late = DATABASE_SECONDS * (job.attempts + 1)
        seconds = exception.seconds if isinstance(exception, Again) else late
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=seconds))


class Scraping:
    """``ready`` gives the jobs that have begun, and None once there are no more."""

    def __init__(self, database: Database, ledger: JobLedger, seats: Seats) -> None:
        self.ready: asyncio.Queue[Job | None] = asyncio.Queue()
        self._database = database
        self._ledger = ledger
        self._seats = seats
        self._held: dict[UUID, Job] = {}
        self._abandoning = False

    def abandon(self) -> None:
        """What is held goes back into the queue."""
        self._abandoning = True
        for job in self._held.values():
            self._ledger.release(job)

    async def run(self, context: JobContext, job_id: str) -> None:
        """Returns when the job has ended, or has let go of its lane. Raises Again."""
        crash_point(CrashPoint.JOB_TAKEN)
        try:
            with self._seats.held(UUID(job_id)):
                job = await self._begin(UUID(job_id), context)
                if job is not None:
                    await self._until_ended(job)
        except DatabaseError as error:
            logger.warning("job %s is tried again later: %s", job_id, error)
            raise

    async def _begin(self, job_id: UUID, context: JobContext) -> Job | None:
        async with self._database.session() as db:
            queued = await get_job(db, job_id)
            if queued is None or queued.state == "finished" or _is_postponed(queued):
                return None
            pace = await pace_of(db, queued.domain)
        if queued.attempts >= MAX_ATTEMPTS:
            detail = f"given up: {MAX_ATTEMPTS} attempts came to no end"
            await self._give_up(queued, Outcome.FAILED, detail)
            return None
        if pace.wait > PATIENCE:
            await self._hold_back(queued, pace.wait)
            return None
        try:
            return await self._ledger.resume(queued, str(context.job.id), pace.crawl_delay)
        except UnknownCampaign:
            logger.info("job %s: its campaign was deleted before it began", job_id)
            return None

    async def _hold_back(self, queued: JobView, seconds: float) -> None:
        if seconds <= policy_of(queued.priority).longest:
            raise Again(seconds)
        detail = f"the site asks to be left alone for {seconds:.0f} s; try again then"
        await self._give_up(queued, Outcome.BLOCKED, detail)

    async def _until_ended(self, job: Job) -> None:
        self._held[job.id] = job
        self.ready.put_nowait(job)
        try:
            retry_in = await self._ledger.until_ended(job)
        finally:
            del self._held[job.id]
        if self._abandoning:
            async with self._database.session() as db:
                await requeue_job(db, job.id, counts=False)
            raise Again(0.0)
        if retry_in is not None and retry_in <= KEEP_LANE_SECONDS:
            raise Again(retry_in)

    async def _give_up(self, job: JobView, outcome: Outcome, detail: str) -> None:
        target = Target(job.url, job.campaign_id, job.user_id, job.max_images)
        async with self._database.session() as db:
            await finish_job(db, PageItem(target, job.id, outcome=outcome, detail=detail))


def _is_postponed(job: JobView) -> bool:
    """Whether it has let go of its lane. Raises Again where it is soon to be tried."""
    if job.not_before is None:
        return False
    wait = (job.not_before - datetime.now(UTC)).total_seconds()
    if 0 < wait <= KEEP_LANE_SECONDS:
        raise Again(wait)
    return wait > 0
