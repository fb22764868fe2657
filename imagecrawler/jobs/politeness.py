"""Crawl-delay: pages of one site come one after the other, whichever machine asks for them."""

from __future__ import annotations

import asyncio
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from imagecrawler.db.database import Database
from imagecrawler.db.extension import DatabaseExtension
from imagecrawler.db.sites import take_turn
from imagecrawler.domains import registrable_domain
from imagecrawler.jobs.job import Job

#: Seconds that a job waits for its turn in the worker that has it; for longer ones it goes back.
PATIENCE = 5.0

#: A crawl of one page has nowhere to go back to.
LONE_PATIENCE = 30.0

#: Turns are anybody's: who comes a little later than told does not knock twice.
GRACE_SECONDS = 0.02


class Postponed(IgnoreRequest):
    """The page was not asked for: its turn is ``seconds`` away."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the site's robots.txt wants pauses; the next turn is in {seconds:.0f} s")
        self.seconds = seconds


class PolitenessMiddleware:
    """Waits for the page's turn, the last thing before the browser is sent there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Uses the crawl's database."""
        return cls(DatabaseExtension.of(crawler))

    async def process_request(self, request: Request) -> None:
        """Raises Postponed where the turn is beyond the job's patience."""
        job: Job | None = (request.cb_kwargs or {}).get("job")
        delay: float = request.meta.get("crawl_delay", 0.0)
        if job is None or max(delay, job.crawl_delay) <= 0:
            return
        domain = registrable_domain(request.url)
        left = PATIENCE if job.retry.attempts > 1 else LONE_PATIENCE
        while wait := await self._knock(domain, delay):
            if wait > left:
                raise Postponed(wait)
            left -= wait
            await asyncio.sleep(wait + GRACE_SECONDS)

    async def _knock(self, domain: str, delay: float) -> float:
        async with self._database.session() as db:
            return await take_turn(db, domain, delay)
