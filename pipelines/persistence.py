"""Writes the page's rows and the job's outcome in one transaction."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from time import perf_counter
from typing import Self

from scrapy.crawler import Crawler
from scrapy.signalmanager import SignalManager

from imagecrawler.crash_points import CrashPoint, crash_point
from imagecrawler.db.database import Database
from imagecrawler.db.extension import DatabaseExtension
from imagecrawler.db.lanes import conclude_job, postpone_job
from imagecrawler.db.pages import remember_page
from imagecrawler.db.patience import PAUSES, patiently
from imagecrawler.db.repository import save_page
from imagecrawler.errors import DatabaseError, UnknownCampaign
from imagecrawler.items import Outcome, PageItem
from imagecrawler.signals import job_unwritten

logger = logging.getLogger(__name__)


class PersistencePipeline:
    """``stored`` gets its ids. The job's row ends with the item's outcome.

    Where even that cannot be written, the signal ``job_unwritten`` leaves it to the ledger.
    ``due_in``: how soon a page that gave something is due again.
    """

    def __init__(self, database: Database, signals: SignalManager, due_in: timedelta) -> None:
        self._database = database
        self._signals = signals
        self._due_in = due_in

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Uses the crawl's database."""
        due_in = timedelta(hours=crawler.settings["IMAGECRAWLER_CONFIG"].recrawl_hours)
        return cls(DatabaseExtension.of(crawler), crawler.signals, due_in)

    async def process_item(self, item: PageItem) -> PageItem:
        """Rows that cannot be written cost the caller nothing: the objects stay reachable."""
        item = _conclude(item)
        started = perf_counter()
        try:
            saved = await patiently(lambda: self._save(item), PAUSES)
        except DatabaseError as error:
            return await self._without_rows(_rows_missing(item, error))
        except UnknownCampaign as error:
            # deleted while it was crawled: there is nothing left to hang a row on
            return item.ended(Outcome.FAILED, str(error))
        return saved.advance("persist", perf_counter() - started)

    async def _save(self, item: PageItem) -> PageItem:
        async with self._database.session() as db:
            if item.retry_in is None:
                item = await save_page(db, item)
                await remember_page(db, item, self._due_in)
            else:
                await postpone_job(db, item)
            crash_point(CrashPoint.PAGE_SAVING)
        crash_point(CrashPoint.PAGE_SAVED)
        return item

    async def _without_rows(self, item: PageItem) -> PageItem:
        """The job's outcome alone, which needs no more than its own row."""
        try:
            async with self._database.session() as db:
                await conclude_job(db, item)
        except (DatabaseError, UnknownCampaign) as error:
            logger.error("job %s stays open for now: %s", item.job_id, error)  # noqa: TRY400
            self._signals.send_catch_log(job_unwritten, item=item)
        return item


def _conclude(item: PageItem) -> PageItem:
    """Nothing kept is no success, not even a partial one: says why in one line."""
    if item.stored or item.unchanged or item.outcome in (Outcome.FAILED, Outcome.BLOCKED):
        return item
    if item.detail and not item.found:
        return item.ended(Outcome.FAILED, item.detail)
    reasons = Counter(rejection.reason.value for rejection in item.rejections)
    listed = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    nothing = f"{item.found} pictures found, none kept: {listed}"
    return item.ended(Outcome.FAILED, f"{item.detail}; {nothing}" if item.detail else nothing)


def _rows_missing(item: PageItem, error: DatabaseError) -> PageItem:
    logger.error("rows of job %s are missing: %s", item.job_id, error)
    if not item.stored:
        return item
    missing = f"stored, but their rows are missing, run it again: {error}"
    detail = f"{item.detail}; {missing}" if item.detail else missing
    return replace(item, outcome=Outcome.PARTIAL, detail=detail)
