"""The jobs of a crawl in ``scrape_jobs``: opened before a page is asked for, always closed."""

from __future__ import annotations

import logging
from uuid import UUID, uuid4

from scrapy import signals
from scrapy.crawler import Crawler
from twisted.python.failure import Failure

from imagecrawler.budget import Budget
from imagecrawler.config import Config
from imagecrawler.db.campaigns import ensure_demo_campaign, find_campaign
from imagecrawler.db.database import Database
from imagecrawler.db.extension import DatabaseExtension
from imagecrawler.db.jobs import finish_job, open_job
from imagecrawler.errors import ImagecrawlerError
from imagecrawler.items import Outcome, PageItem, Target
from imagecrawler.jobs.job import Arguments, Job

logger = logging.getLogger(__name__)


class JobLedger:
    """Opens jobs, and closes those that no pipeline has closed.

    ``failure`` is why a job could not begin or did not come to its own end, None otherwise.
    """

    def __init__(self, database: Database, config: Config) -> None:
        self.failure: ImagecrawlerError | None = None
        self._database = database
        self._config = config
        self._running: dict[UUID, Job] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> JobLedger:
        """Listens to the crawl for items that leave the pipelines, or fail in them."""
        database = DatabaseExtension.of(crawler)
        ledger = cls(database, crawler.settings["IMAGECRAWLER_CONFIG"])
        crawler.signals.connect(ledger.item_scraped, signals.item_scraped)
        crawler.signals.connect(ledger.item_error, signals.item_error)
        crawler.signals.connect(ledger.spider_closed, signals.spider_closed)
        return ledger

    async def begin(self, wanted: Arguments, external_id: str | None) -> Job:
        """Raises UnknownCampaign or DatabaseError."""
        await self._database.check()
        async with self._database.session() as db:
            if wanted.campaign_id is None:
                campaign = await ensure_demo_campaign(db)
            else:
                campaign = await find_campaign(db, wanted.campaign_id, wanted.user_id)
            target = Target(wanted.url, campaign.id, campaign.user_id, wanted.max_images)
            budget = Budget(self._config.page_budget)
            job = Job(target, budget, wanted.job_id or uuid4(), external_id)
            await open_job(db, target, job.id, job.external_id)
        self._running[job.id] = job
        return job

    def item_scraped(self, item: PageItem) -> None:
        """The last pipeline has written the job's outcome."""
        self._running.pop(item.job_id, None)

    async def item_error(self, item: PageItem, failure: Failure) -> None:
        """A pipeline raised: the job must not stay open for ever."""
        await self._close(self._running.pop(item.job_id), failure.getErrorMessage())

    async def spider_closed(self, reason: str) -> None:
        """What still runs was stopped from outside."""
        while self._running:
            _, job = self._running.popitem()
            await self._close(job, f"the crawl was stopped ({reason}); run it again")

    async def _close(self, job: Job, detail: str) -> None:
        self.failure = ImagecrawlerError(f"{job.target.url}: {detail}")
        item = PageItem(job.target, job.id, outcome=Outcome.FAILED, detail=detail)
        try:
            async with self._database.session() as db:
                await finish_job(db, item)
        except ImagecrawlerError:
            logger.exception("job %s stays open", job.id)
