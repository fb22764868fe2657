"""Writes the page's rows and the job's outcome in one transaction."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from time import perf_counter
from typing import Self

from scrapy.crawler import Crawler

from imagecrawler.db.extension import DatabaseExtension
from imagecrawler.db.jobs import finish_job
from imagecrawler.db.repository import save_page
from imagecrawler.errors import DatabaseError, UnknownCampaign
from imagecrawler.items import Outcome, PageItem

logger = logging.getLogger(__name__)

#: Seconds before each further attempt: a fail-over of PostgreSQL takes some.
PAUSES = (0.2, 1.0, 3.0)


class PersistencePipeline:
    """``stored`` gets its ids. The job's row ends with the item's outcome."""

    def __init__(self, crawler: Crawler) -> None:
        self._database = DatabaseExtension.of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Uses the crawl's database."""
        return cls(crawler)

    async def process_item(self, item: PageItem) -> PageItem:
        """Rows that cannot be written cost the caller nothing: the objects stay reachable."""
        item = _conclude(item)
        started = perf_counter()
        for pause in (*PAUSES, None):
            try:
                saved = await self._save(item)
            except DatabaseError as error:
                if pause is None:
                    return await self._without_rows(item, error)
                logger.warning("rows of job %s not written, trying again: %s", item.job_id, error)
                await asyncio.sleep(pause)
            except UnknownCampaign as error:
                # deleted while it was crawled: there is nothing left to hang a row on
                return item.ended(Outcome.FAILED, str(error))
            else:
                break
        return saved.advance("persist", perf_counter() - started)

    async def _save(self, item: PageItem) -> PageItem:
        async with self._database.session() as db:
            return await save_page(db, item)

    async def _without_rows(self, item: PageItem, error: DatabaseError) -> PageItem:
        """The job still ends, with its answer, where only the rows of the images fail."""
        item = _rows_missing(item, error)
        try:
            async with self._database.session() as db:
                await finish_job(db, item)
        except (DatabaseError, UnknownCampaign) as failure:
            logger.warning("job %s stays open: %s", item.job_id, failure)
        return item


def _conclude(item: PageItem) -> PageItem:
    """Nothing kept is no success: says why in one line."""
    if item.stored or item.outcome is not Outcome.SUCCEEDED:
        return item
    reasons = Counter(rejection.reason.value for rejection in item.rejections)
    listed = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return item.ended(Outcome.FAILED, f"{item.found} pictures found, none kept: {listed}")


def _rows_missing(item: PageItem, error: DatabaseError) -> PageItem:
    logger.error("rows of job %s are missing: %s", item.job_id, error)
    detail = f"stored, but the rows are not written yet: {error}"
    return item.ended(Outcome.PARTIAL if item.stored else Outcome.FAILED, detail)
