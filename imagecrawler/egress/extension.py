"""The guard as a Scrapy extension: one per crawler, alive for as long as its spider."""

from __future__ import annotations

from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector

from imagecrawler.config import load_config
from imagecrawler.egress.guard import EgressGuard
from imagecrawler.egress.policy import EgressPolicy
from imagecrawler.egress.upstream import Upstream

CONFIG_SETTING = "IMAGECRAWLER_CONFIG"


class EgressGuardExtension:
    """Starts the guard before the first request and closes it after the last.

    Extensions come before download handlers and middlewares, so these can ask the crawler for
    this one and take its ``guard.url``. ``spider_opened`` is awaited before the engine starts;
    ``spider_closed`` is sent when downloader and pipelines are done, also for a spider whose
    engine never started, which ``engine_stopped`` is not.
    """

    def __init__(self, guard: EgressGuard, stats: StatsCollector) -> None:
        self.guard = guard
        self._stats = stats

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build the guard from the Config in ``IMAGECRAWLER_CONFIG``, or the environment's."""
        config = crawler.settings.get(CONFIG_SETTING) or load_config()
        upstream = Upstream.from_config(config)
        guard = EgressGuard(EgressPolicy.from_config(config), upstream=upstream)
        extension = cls(guard, crawler.stats)
        crawler.signals.connect(extension.spider_opened, signals.spider_opened)
        crawler.signals.connect(extension.spider_closed, signals.spider_closed)
        return extension

    async def spider_opened(self) -> None:
        """Begin to serve."""
        await self.guard.start()

    async def spider_closed(self) -> None:
        """Close the guard and leave its counters in the crawl's stats."""
        await self.guard.close()
        self._stats.set_value("egress/connections", self.guard.connections)
        self._stats.set_value("egress/refused", self.guard.refused)
        self._stats.set_value("egress/bytes_received", self.guard.bytes_received)
