"""Crawl-delay: pages of one site come one after the other, whichever machine asks for them."""

from __future__ import annotations

import asyncio
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from imagecrawler.db.database import Database
from imagecrawler.db.extension import DatabaseExtension
from imagecrawler.db.sites import Turn, set_crawl_delay, take_turn
from imagecrawler.domains import registrable_domain
from imagecrawler.jobs.job import Job

#: Seconds that a job waits for its turn in the worker that has it; for longer ones it goes back.
PATIENCE = 5.0

#: A crawl of one page has nowhere to go back to.
LONE_PATIENCE = 30.0


class Postponed(IgnoreRequest):
    """The page's turn is ``seconds`` away."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the site's robots.txt wants pauses; the next turn is in {seconds:.0f} s")
        self.seconds = seconds


class PolitenessMiddleware:
    """Learns a site's Crawl-delay with the first page's robots.txt, before the page is asked for.

    Jobs of a site whose delay is known have taken their turn before they began.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Uses the crawl's database."""
        return cls(DatabaseExtension.of(crawler))

    async def process_request(self, request: Request) -> None:
        """Waits for the page's turn. Raises Postponed where that would take too long."""
        job: Job | None = (request.cb_kwargs or {}).get("job")
        delay: float | None = request.meta.get("crawl_delay")
        if job is None or delay is None or delay == job.crawl_delay:
            return
        patience = PATIENCE if job.retry.attempts > 1 else LONE_PATIENCE
        turn = await self._learn(registrable_domain(request.url), delay, patience)
        if not turn.is_taken:
            raise Postponed(turn.wait)
        await asyncio.sleep(turn.wait)

    async def _learn(self, domain: str, delay: float, patience: float) -> Turn:
        async with self._database.session() as db:
            await set_crawl_delay(db, domain, delay)
            return await take_turn(db, domain, patience)
