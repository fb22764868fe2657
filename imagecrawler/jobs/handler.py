"""The crawl's download handler: pages go to the browser, all else is fetched here."""

from __future__ import annotations

import asyncio
from importlib import import_module
from types import ModuleType

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from imagecrawler.egress.extension import EgressGuardExtension
from imagecrawler.logs import begin_work
from imagecrawler.rendering.handler import RenderHandler


class CrawlHandler:
    """For http and https alike. What it fetches needs no proxy: the guard's dialler connects."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        extension = crawler.get_extension(EgressGuardExtension)
        assert extension is not None, "EXTENSIONS lacks the EgressGuardExtension"
        self._guard = extension.guard
        self._pages = RenderHandler.from_crawler(crawler)
        self._max_bytes = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._prepared: asyncio.Task[ModuleType] | None = None
        crawler.signals.connect(self._prepare, signals.engine_started)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CrawlHandler:
        """One a scheme; they share the browser."""
        return cls(crawler)

    async def download_request(self, request: Request) -> Response:
        """Raises what :class:`RenderHandler`, or else Scrapy's handlers, raise."""
        if request.meta.get("playwright"):
            return await self._pages.download_request(request)
        # nobody's: its connection serves other jobs later
        begin_work(None)
        request.meta.setdefault("download_maxsize", self._max_bytes)
        await asyncio.shield(self._prepare())
        return await self._guard.fetcher().fetch(request)

    def _prepare(self) -> asyncio.Task[ModuleType]:
        """The import of an HTTP client takes 0.1 s, which the browser's start outlasts."""
        fetch = "imagecrawler.egress.fetch"
        self._prepared = self._prepared or asyncio.create_task(
            asyncio.to_thread(import_module, fetch)
        )
        return self._prepared

    async def close(self) -> None:
        """Of the browser; the guard closes what fetches."""
        if self._prepared:
            await self._prepared
        await self._pages.close()
