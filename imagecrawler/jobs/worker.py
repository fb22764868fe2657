"""A standing worker: what waits in the queue becomes the spider's requests, for ever."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from types import FrameType
from typing import Self

from prometheus_client import CollectorRegistry
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.utils.ossignal import install_shutdown_handlers

from imagecrawler.db.database import Database
from imagecrawler.db.extension import DatabaseExtension
from imagecrawler.garbage import spare_garbage_collection
from imagecrawler.jobs.consumer import Consumer
from imagecrawler.jobs.job import Job
from imagecrawler.jobs.ledger import JobLedger
from imagecrawler.jobs.metrics_server import MetricsServer
from imagecrawler.jobs.observer import WorkerObserver
from imagecrawler.jobs.progress import ProgressReporter
from imagecrawler.jobs.purge import Purger
from imagecrawler.jobs.upkeep import Upkeep
from imagecrawler.signals import stage_reached
from imagecrawler.storage import open_store

logger = logging.getLogger(__name__)

#: A Scrapy setting: after so many seconds without a heartbeat a worker counts as dead.
SILENCE_SETTING = "IMAGECRAWLER_WORKER_SILENCE"
SILENCE_SECONDS = 30.0

#: What putting jobs back may take when the worker is told to stop at once.
LEAVE_SECONDS = 10.0


class Worker:
    """As many pages at once as the browser has contexts (``PLAYWRIGHT_MAX_CONTEXTS``).

    On the first SIGTERM or SIGINT no more are taken and those that are held are finished; on
    the second they are put back into the queue and the process ends at once.
    """

    def __init__(
        self,
        crawler: Crawler,
        ledger: JobLedger,
        consumer: Consumer,
        purger: Purger,
        database: Database,
    ) -> None:
        self._crawler = crawler
        self._ledger = ledger
        self._consumer = consumer
        self._purger = purger
        self._database = database
        self._progress = ProgressReporter.from_crawler(crawler)
        registry = CollectorRegistry()
        self._observer = WorkerObserver.from_crawler(crawler, registry)
        self._metrics = MetricsServer(crawler.settings["IMAGECRAWLER_CONFIG"], registry)
        self._loop = asyncio.get_running_loop()
        self._consuming: asyncio.Task[None] | None = None
        self._leaving: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, ledger: JobLedger) -> Self:
        """Raises BadConfiguration when the store lacks a setting."""
        database = DatabaseExtension.of(crawler)
        config = crawler.settings["IMAGECRAWLER_CONFIG"]
        store = open_store(config)
        purger = Purger(database, store)
        consumer = Consumer(
            database,
            ledger,
            Upkeep(database, store, config, purger.wake),
            concurrency=crawler.settings.getint("PLAYWRIGHT_MAX_CONTEXTS"),
            silence=crawler.settings.getfloat(SILENCE_SETTING, SILENCE_SECONDS),
        )
        return cls(crawler, ledger, consumer, purger, database)

    async def take_jobs(self) -> AsyncIterator[Job]:
        """Jobs that have begun; ends when it was told to stop and none is held any more.

        Raises DatabaseError when there is no database of ours.
        """
        await self._database.check()
        self._crawler.signals.disconnect(self._ledger.spider_closed, signals.spider_closed)
        self._crawler.signals.connect(self._close, signals.spider_closed)
        self._crawler.signals.connect(self._consumer.page_moves_on, stage_reached)
        await self._purger.open()
        self._observer.open()
        self._consuming = asyncio.create_task(self._consumer.run(), name="consume the queue")
        self._scrapy_handler = signal.getsignal(signal.SIGTERM)
        install_shutdown_handlers(self._first_signal)
        spare_garbage_collection()
        logger.info("waiting for jobs")
        while (job := await self._consumer.ready.get()) is not None:
            yield job
        await self._consuming

    async def _close(self) -> None:
        """The spider is closed: what it still holds is for another worker."""
        self._consumer.abandon()
        if self._consuming is not None:
            await asyncio.wait((self._consuming,))
        await self._purger.close()
        await self._progress.close()
        await self._observer.close()
        self._metrics.close()

    def _first_signal(self, _signum: int, _frame: FrameType | None) -> None:
        install_shutdown_handlers(self._second_signal)
        self._loop.call_soon_threadsafe(self._stop)

    def _stop(self) -> None:
        logger.info("finishing what is held; a second signal puts it back and stops at once")
        self._consumer.stop()

    def _second_signal(self, signum: int, _frame: FrameType | None) -> None:
        install_shutdown_handlers(signal.SIG_IGN)
        self._loop.call_soon_threadsafe(self._leave, signum)

    def _leave(self, signum: int) -> None:
        self._leaving = self._loop.create_task(self._leave_at_once(signum), name="leave")

    async def _leave_at_once(self, signum: int) -> None:
        self._consumer.abandon()
        if self._consuming is not None:
            await asyncio.wait((self._consuming,), timeout=LEAVE_SECONDS)
        # Scrapy's own two: the first would wait for the pages, the second does not
        for _ in range(2):
            if callable(self._scrapy_handler):
                self._scrapy_handler(signum, None)
                self._scrapy_handler = signal.getsignal(signal.SIGTERM)
