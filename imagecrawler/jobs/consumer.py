"""Takes jobs out of the queue, by Procrastinate's worker in the crawl's own event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import psycopg
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker as QueueWorker

from imagecrawler.db.database import Database
from imagecrawler.db.lanes import QUEUE, SCRAPE
from imagecrawler.jobs.ending import end
from imagecrawler.jobs.ledger import JobLedger
from imagecrawler.jobs.queue import JobQueue
from imagecrawler.jobs.recovery import recover_for_ever
from imagecrawler.jobs.scraping import ScrapeRetries, Scraping
from imagecrawler.jobs.seats import SeatedJobManager, Seats
from imagecrawler.jobs.upkeep import Upkeep

logger = logging.getLogger(__name__)

RECONNECT_SECONDS = 2.0

#: How soon a job is taken whose time to be tried again has come: nobody tells of that.
POLL_SECONDS = 2.0


class Consumer:
    """``ready`` gives the jobs that have begun, and None once there are no more.

    As many are taken as ``concurrency`` says, and half as many again once pages are rendered. A job
    leaves the queue when the ledger says that it ended. ``silence``: a worker without a
    heartbeat for so many seconds is dead, and its jobs are taken over.
    """

    def __init__(
        self,
        database: Database,
        ledger: JobLedger,
        upkeep: Upkeep,
        *,
        concurrency: int,
        silence: float,
    ) -> None:
        self._database = database
        self._seats = Seats(concurrency)
        self._scraping = Scraping(database, ledger, self._seats)
        self.ready = self._scraping.ready
        self._concurrency = concurrency + max(1, concurrency // 2)
        self._silence = silence
        self._app = JobQueue(database).app()
        self._app.job_manager = SeatedJobManager(self._app.connector, self._seats)
        scrape = self._app.task(name=SCRAPE, queue=QUEUE, pass_context=True, retry=ScrapeRetries())
        scrape(self._scraping.run)
        upkeep.register(self._app)
        self._stopping = asyncio.Event()
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
            self._seats.close()
            if self._serving is not None:
                self._serving.cancel()

    def page_moves_on(self, job_id: UUID, stage: str) -> None:
        """As ``stage_reached`` says it: the first stage is that the page is rendered."""
        if stage == "rendered":
            self._seats.leave(job_id)

    def abandon(self) -> None:
        """Stops, and puts what is held back into the queue."""
        self.stop()
        self._scraping.abandon()

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
                fetch_job_polling_interval=POLL_SECONDS,
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
            await end(*tasks)

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
