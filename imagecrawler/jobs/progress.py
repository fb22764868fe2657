"""Writes how far jobs are, often enough for a person who watches and no oftener."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from contextvars import Context
from uuid import UUID

from scrapy.crawler import Crawler

from imagecrawler.db.database import Database
from imagecrawler.db.events import JobEvent
from imagecrawler.db.extension import DatabaseExtension
from imagecrawler.db.jobs import note_progress
from imagecrawler.errors import DatabaseError
from imagecrawler.signals import stage_reached

logger = logging.getLogger(__name__)

#: Seconds between two writes while one job runs. With several the pauses are longer, up to a limit:
#: a person watches one of them, and a transaction costs as much as decoding a picture.
INTERVAL = 0.25
MAX_INTERVAL = 1.0


class ProgressReporter:
    """Follows the crawl's ``stage_reached``; of each stage only the latest count is written."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._news: defaultdict[UUID, dict[str, JobEvent]] = defaultdict(dict)
        self._writing: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ProgressReporter:
        """Reports to the crawl's database."""
        reporter = cls(DatabaseExtension.of(crawler))
        crawler.signals.connect(reporter.report, stage_reached)
        return reporter

    def report(self, job_id: UUID, stage: str, count: int, total: int | None) -> None:
        """Written at once when nothing was lately, else with what else happens meanwhile."""
        self._news[job_id][stage] = JobEvent(job_id, stage, count, total)
        if self._writing is None or self._writing.done():
            # for all jobs, not for the one that happens to report first
            self._writing = asyncio.create_task(
                self._write(), name="write progress", context=Context()
            )

    async def _write(self) -> None:
        missed: frozenset[UUID] = frozenset()
        while self._news:
            news, self._news = self._news, defaultdict(dict)
            # locked rows, whose job is ending as a rule, get a second chance
            again, missed = missed, await self._missed(news)
            for job_id in missed - again:
                self._news[job_id] = news[job_id] | self._news[job_id]
            await asyncio.sleep(min(INTERVAL * len(news), MAX_INTERVAL))

    async def _missed(self, news: Mapping[UUID, Mapping[str, JobEvent]]) -> frozenset[UUID]:
        """Writes them, and gives the jobs that could not be written now."""
        events = [each for stages in news.values() for each in stages.values()]
        try:
            async with self._database.session() as db:
                return frozenset(news) - await note_progress(db, events)
        except DatabaseError as error:
            jobs = ", ".join(map(str, news))
            logger.warning("the progress of %s is not written: %s", jobs, error)
            return frozenset()

    async def close(self) -> None:
        """Waits until what was reported is written."""
        if self._writing is not None:
            await self._writing
