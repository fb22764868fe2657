"""A crawl that is stopped stops waiting."""

from __future__ import annotations

import asyncio
import contextlib

from scrapy import signals
from scrapy.crawler import Crawler

from imagecrawler.budget import Budget

#: How soon a stop is noticed.
POLL_SECONDS = 0.25


class StopWatch:
    """Calls off the budget of a crawl as soon as it is told to stop.

    Scrapy has no signal for the beginning of a stop: it first waits for what is under way, which
    is exactly what has to be cut short.
    """

    def __init__(self, crawler: Crawler, budget: Budget) -> None:
        self._crawler = crawler
        self._budget = budget
        self._polling = asyncio.create_task(self._poll())
        crawler.signals.connect(self.close, signals.spider_closed)

    async def close(self) -> None:
        """Nothing is left to be stopped."""
        self._polling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._polling

    async def _poll(self) -> None:
        while self._crawler.crawling:  # noqa: ASYNC110, there is no event to wait for
            await asyncio.sleep(POLL_SECONDS)
        self._budget.call_off()
