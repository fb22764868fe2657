"""The jobs of a crawl in ``scrape_jobs``: opened before a page is asked for, closed with it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.signalmanager import SignalManager
from twisted.python.failure import Failure

from imagecrawler.budget import Budget
from imagecrawler.config import Config
from imagecrawler.crash_points import CrashPoint, crash_point
from imagecrawler.db.campaigns import ensure_demo_campaign, find_campaign
from imagecrawler.db.database import Database
from imagecrawler.db.extension import DatabaseExtension
from imagecrawler.db.job_views import JobView
from imagecrawler.db.jobs import open_job
from imagecrawler.db.lanes import conclude_job
from imagecrawler.db.pages import know_page
from imagecrawler.db.sites import hold_site
from imagecrawler.domains import registrable_domain
from imagecrawler.errors import DatabaseError, ImagecrawlerError
from imagecrawler.items import Outcome, PageItem, Target
from imagecrawler.jobs.job import Arguments, Job
from imagecrawler.jobs.log_context import work_of
from imagecrawler.jobs.queue import Priority
from imagecrawler.jobs.retry import INTERACTIVE, NIGHTLY, RetryPolicy
from imagecrawler.logs import at_work, begin_work
from imagecrawler.rendering.verdict import PageVerdict
from imagecrawler.signals import job_begun, job_unwritten

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Running:
    job: Job
    ended: asyncio.Future[float | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


def policy_of(priority: int) -> RetryPolicy:
    """How often a job of the queue is tried."""
    return INTERACTIVE if priority >= Priority.INTERACTIVE else NIGHTLY


class JobLedger:
    """Opens jobs, and closes those that no pipeline has closed.

    Only a process that is killed, or that loses PostgreSQL for good, leaves one open.

    ``failure`` is why a job did not come to its own end, None otherwise.
    """

    def __init__(
        self, database: Database, config: Config, sender: SignalManager | None = None
    ) -> None:
        self.failure: ImagecrawlerError | None = None
        self._database = database
        self._config = config
        self._signals = sender or SignalManager()
        self._running: dict[UUID, _Running] = {}
        self._unwritten: list[PageItem] = []
        self._closing: set[asyncio.Task[None]] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> JobLedger:
        """Listens to the crawl for items that leave the pipelines, and for what raises."""
        database = DatabaseExtension.of(crawler)
        ledger = cls(database, crawler.settings["IMAGECRAWLER_CONFIG"], crawler.signals)
        crawler.signals.connect(ledger.item_scraped, signals.item_scraped)
        crawler.signals.connect(ledger.job_unwritten, job_unwritten)
        crawler.signals.connect(ledger.item_error, signals.item_error)
        crawler.signals.connect(ledger.spider_error, signals.spider_error)
        crawler.signals.connect(ledger.spider_closed, signals.spider_closed)
        return ledger

    async def begin(self, wanted: Arguments, external_id: str | None) -> Job:
        """Raises UnknownCampaign, DatabaseError, or BadInput when ``job_id`` is another job's."""
        await self._database.check()
        async with self._database.session() as db:
            if wanted.campaign_id is None:
                campaign = await ensure_demo_campaign(db)
            else:
                campaign = await find_campaign(db, wanted.campaign_id, wanted.user_id)
        target = Target(wanted.url, campaign.id, campaign.user_id, wanted.max_images)
        return await self._open(
            target, wanted.job_id or uuid4(), external_id, incremental=wanted.incremental
        )

    async def resume(self, queued: JobView, external_id: str, crawl_delay: float = 0.0) -> Job:
        """Begins a job that waited in the queue. Raises UnknownCampaign or DatabaseError."""
        target = Target(queued.url, queued.campaign_id, queued.user_id, queued.max_images)
        job = await self._open(
            target,
            queued.id,
            external_id,
            retry=policy_of(queued.priority),
            crawl_delay=crawl_delay,
            incremental=queued.incremental,
        )
        since = queued.not_before or queued.created_at
        waited = max(0.0, (datetime.now(UTC) - since).total_seconds())
        self._signals.send_catch_log(job_begun, job=job, waited=waited, priority=queued.priority)
        return job

    async def heed(self, job: Job, verdict: PageVerdict) -> None:
        """A site that asks to be left alone is left alone by all workers."""
        if verdict.retry_after and verdict.was_asked:
            domain = registrable_domain(job.target.url)
            seconds = min(verdict.retry_after, NIGHTLY.longest)
            try:
                async with self._database.session() as db:
                    await hold_site(db, domain, seconds)
            except DatabaseError as error:
                logger.warning("%s asks for a pause, which is not kept: %s", domain, error)

    async def until_ended(self, job: Job) -> float | None:
        """Returns when the job's item has left the last pipeline, or never will.

        The seconds after which the job is to be tried again, None when that was its end.
        """
        if (running := self._running.get(job.id)) is not None:
            return await running.ended
        return None

    def release(self, job: Job, retry_in: float | None = None) -> None:
        """The job is somebody else's from now on: its row is not closed here."""
        running = self._running.pop(job.id, None)
        if running is not None and not running.ended.done():
            running.ended.set_result(retry_in)

    def item_scraped(self, item: PageItem) -> None:
        """The last pipeline has written the job's outcome, or said that it could not."""
        if (running := self._running.get(item.job_id)) is not None:
            self.release(running.job, item.retry_in)

    def job_unwritten(self, item: PageItem) -> None:
        """PostgreSQL may have come back when the next job begins, or the crawl ends."""
        self._unwritten.append(item)

    async def item_error(self, item: PageItem, failure: Failure) -> None:
        """A pipeline raised."""
        await self._break_off(item.job_id, failure)

    def spider_error(self, failure: Failure, response: Response | Failure) -> None:
        """A callback or errback raised, so that no item will come."""
        request: Request = response.request  # type: ignore[union-attr, assignment]
        # Scrapy does not wait for the handlers of this signal
        closing = asyncio.create_task(self._break_off(request.cb_kwargs["job"].id, failure))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def spider_closed(self, reason: str) -> None:
        """What still runs was stopped from outside, or has lost its item; the unwritten again."""
        stopped = f"the crawl was stopped ({reason}); run it again"
        detail = "internal error: the crawl gave no result" if reason == "finished" else stopped
        await asyncio.gather(*self._closing)
        for running in tuple(self._running.values()):
            await self._end(running.job, detail)
        await self._write_again()

    async def _open(
        self,
        target: Target,
        job_id: UUID,
        external_id: str | None,
        *,
        incremental: bool,
        **details: Any,
    ) -> Job:
        begin_work(work_of(job_id, target))
        async with self._database.session() as db:
            attempt = await open_job(db, target, job_id, external_id)
            known = await know_page(db, target) if incremental else None
        crash_point(CrashPoint.JOB_OPENED)
        details |= {"incremental": incremental, "known": known}
        budget = Budget(self._config.page_budget)
        job = Job(target, budget, job_id, external_id, attempt, **details)
        self._running[job_id] = _Running(job)
        await self._write_again()
        return job

    async def _break_off(self, job_id: UUID, failure: Failure) -> None:
        if (running := self._running.get(job_id)) is not None:
            await self._end(running.job, f"internal error: {failure.getErrorMessage()}")

    async def _end(self, job: Job, detail: str) -> None:
        self.failure = ImagecrawlerError(f"{job.target.url}: {detail}")
        item = PageItem(job.target, job.id, outcome=Outcome.FAILED, detail=detail)
        if await self._write(item):
            self._unwritten.append(item)
        self.release(job)

    async def _write_again(self) -> None:
        items, self._unwritten = self._unwritten, []
        for item in items:
            with at_work(work_of(item.job_id, item.target)):
                if error := await self._write(item):
                    logger.error("job %s stays open: %s", item.job_id, error)
                    self._unwritten.append(item)

    async def _write(self, item: PageItem) -> ImagecrawlerError | None:
        try:
            async with self._database.session() as db:
                await conclude_job(db, item)
        except ImagecrawlerError as error:
            return error
        return None
