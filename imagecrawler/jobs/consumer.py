"""Takes jobs out of the queue, by Procrastinate's worker in the crawl's own event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import psycopg
from procrastinate import App, JobContext, RetryStrategy
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker as QueueWorker

from imagecrawler.db.database import Database
from imagecrawler.db.jobs import JobView, finish_job, get_job, requeue_job
from imagecrawler.errors import DatabaseError, UnknownCampaign
from imagecrawler.items import Outcome, PageItem, Target
from imagecrawler.jobs.job import Job
from imagecrawler.jobs.ledger import JobLedger
from imagecrawler.jobs.queue import QUEUE, SCRAPE, JobQueue
from imagecrawler.jobs.recovery import recover_for_ever

logger = logging.getLogger(__name__)

PURGE = "imagecrawler.purge"
EVERY_MINUTE = "* * * * *"

#: After so many attempts that came to no end (a page may take its worker with it) a job fails.
MAX_ATTEMPTS = 5

RECONNECT_SECONDS = 2.0


class _Abandoned(Exception):
    """Makes Procrastinate put the job back."""


class Consumer:
    """``ready`` gives the jobs that have begun, and None once there are no more.

    A job leaves the queue when the ledger says that it ended. ``silence``: a worker without a
    heartbeat for so many seconds is dead, and its jobs are taken over.
    """

    def __init__(
        self,
        database: Database,
        ledger: JobLedger,
        *,
        concurrency: int,
        silence: float,
        each_minute: Callable[[], None],
    ) -> None:
        self.ready: asyncio.Queue[Job | None] = asyncio.Queue()
        self._database = database
        self._ledger = ledger
        self._concurrency = concurrency
        self._silence = silence
        self._each_minute = each_minute
        self._app = self._with_tasks(JobQueue(database).app())
        self._held: dict[UUID, Job] = {}
        self._stopping = asyncio.Event()
        self._abandoning = False
        self._serving: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Until it is stopped and holds nothing; comes back when PostgreSQL was away."""
        # what it says of every job is said by the crawl, and in fewer lines
        logging.getLogger("procrastinate").setLevel(logging.WARNING)
        try:
            while not self._stopping.is_set():
                await self._serve_once()
        finally:
            self.ready.put_nowait(None)

    def stop(self) -> None:
        """No further jobs; those that are held go on."""
        if not self._stopping.is_set():
            self._stopping.set()
            if self._serving is not None:
                self._serving.cancel()

    def abandon(self) -> None:
        """Stops, and puts what is held back into the queue."""
        self.stop()
        self._abandoning = True
        for job in self._held.values():
            self._ledger.release(job)

    def _with_tasks(self, app: App) -> App:
        again = RetryStrategy(linear_wait=5)
        app.task(name=SCRAPE, queue=QUEUE, pass_context=True, retry=again)(self._scrape)
        purge = app.task(name=PURGE, queue=QUEUE, queueing_lock=PURGE)(self._purge)
        app.periodic(cron=EVERY_MINUTE)(purge)
        return app

    async def _serve_once(self) -> None:
        self._serving = asyncio.create_task(self._serve(), name="take jobs")
        try:
            await self._serving
        except asyncio.CancelledError:
            if not self._stopping.is_set():
                raise
        except (ConnectorException, psycopg.Error) as error:
            logger.warning("the queue cannot be read for now: %s", error)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), RECONNECT_SECONDS)

    async def _serve(self) -> None:
        async with self._app.open_async():
            worker = QueueWorker(
                self._app,
                queues=[QUEUE],
                concurrency=self._concurrency,
                install_signal_handlers=False,
                delete_jobs="always",
                update_heartbeat_interval=self._silence / 3,
                stalled_worker_timeout=self._silence,
            )
            async with self._beside(self._recover(), self._beat(worker)):
                await worker.run()  # type: ignore[no-untyped-call]

    @asynccontextmanager
    async def _beside(self, *works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(work) for work in works]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _recover(self) -> None:
        await recover_for_ever(self._database, self._app.job_manager, self._silence)

    async def _beat(self, worker: QueueWorker) -> None:
        # Procrastinate's own heart stops when it is told to stop, before what it holds is finished
        await self._stopping.wait()
        while worker.worker_id is not None:
            try:
                await self._app.job_manager.update_heartbeat(worker.worker_id)
            except ConnectorException as error:
                logger.warning("no heartbeat: %s", error)
            await asyncio.sleep(self._silence / 3)

    async def _purge(self, timestamp: int) -> None:
        """What nobody heard of: deletions while no worker listened, a store that was down."""
        logger.debug("the purge of minute %d", timestamp // 60)
        self._each_minute()

    async def _scrape(self, context: JobContext, job_id: str) -> None:
        try:
            job = await self._begin(UUID(job_id), context)
            if job is not None:
                await self._until_ended(job)
        except DatabaseError as error:
            logger.warning("job %s is tried again later: %s", job_id, error)
            raise

    async def _begin(self, job_id: UUID, context: JobContext) -> Job | None:
        async with self._database.session() as db:
            queued = await get_job(db, job_id)
        if queued is None or queued.state == "finished":
            return None
        if context.job.attempts >= MAX_ATTEMPTS:
            await self._give_up(queued)
            return None
        try:
            return await self._ledger.resume(queued, str(context.job.id))
        except UnknownCampaign:
            logger.info("job %s: its campaign was deleted before it began", job_id)
            return None

    async def _until_ended(self, job: Job) -> None:
        self._held[job.id] = job
        self.ready.put_nowait(job)
        try:
            await self._ledger.until_ended(job)
        finally:
            del self._held[job.id]
        if self._abandoning:
            async with self._database.session() as db:
                await requeue_job(db, job.id)
            raise _Abandoned

    async def _give_up(self, job: JobView) -> None:
        target = Target(job.url, job.campaign_id, job.user_id, job.max_images)
        detail = f"given up: {MAX_ATTEMPTS} attempts came to no end"
        async with self._database.session() as db:
            await finish_job(db, PageItem(target, job.id, outcome=Outcome.FAILED, detail=detail))
