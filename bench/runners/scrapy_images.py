"""scrapy-playwright and Scrapy's ImagesPipeline, as their documentation has them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import scrapy
from protocol import SCROLL, Bench
from scrapy.crawler import AsyncCrawlerProcess
from scrapy_playwright.page import PageMethod

VIEWPORT = {"width": 1680, "height": 1050}
HANDLER = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"


class PicturesSpider(scrapy.Spider):
    name = "pictures"
    bench: Bench

    async def start(self) -> AsyncIterator[scrapy.Request]:
        self.items: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.crawler.signals.connect(self._scraped, scrapy.signals.item_scraped)
        self.crawler.signals.connect(self._failed, scrapy.signals.item_error)
        for url in self.bench.task.warm:
            yield self._request(url)
            await self.items.get()
        await asyncio.to_thread(self.bench.ready)
        started = perf_counter()
        for url in self.bench.task.pages:
            yield self._request(url)
        items = [await self.items.get() for _ in self.bench.task.pages]
        seconds = perf_counter() - started
        urls = [image["url"] for item in items for image in item.get("images", ())]
        failures = sum(not item for item in items)
        await asyncio.to_thread(self.bench.done, seconds, urls, failures)

    def _request(self, url: str) -> scrapy.Request:
        methods = [
            PageMethod("evaluate", SCROLL),
            PageMethod("wait_for_load_state", "networkidle"),
        ]
        return scrapy.Request(
            url,
            meta={"playwright": True, "playwright_page_methods": methods},
            errback=lambda _: self.items.put_nowait({}),
        )

    def parse(self, response: scrapy.http.Response) -> dict[str, Any]:
        return {"image_urls": [response.urljoin(url) for url in map(_best, response.css("img"))]}

    def _scraped(self, item: dict[str, Any]) -> None:
        self.items.put_nowait(item)

    def _failed(self) -> None:
        self.items.put_nowait({})


def _best(image: scrapy.Selector) -> str:
    """srcset's last is its widest where it is sorted, as it is by everybody."""
    named = image.attrib.get("srcset", "").rpartition(", ")[2].split()
    return named[0] if named else image.attrib.get("src", "")


def settings(bench: Bench, folder: str) -> dict[str, Any]:
    task = bench.task
    return {
        "DOWNLOAD_HANDLERS": {"http": HANDLER},
        "ITEM_PIPELINES": {"scrapy.pipelines.images.ImagesPipeline": 1},
        "IMAGES_STORE": folder,
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": task.browser,
            "args": task.browser_arguments,
        },
        "PLAYWRIGHT_CONTEXTS": {"default": {"viewport": VIEWPORT}},
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": task.concurrency,
        # Scrapy's 8 would have pages and pictures wait for each other
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
        "LOG_LEVEL": "WARNING",
    }


def main() -> None:
    bench = PicturesSpider.bench = Bench()
    with TemporaryDirectory() as folder:
        process = AsyncCrawlerProcess(settings(bench, folder))
        process.crawl(PicturesSpider)
        process.start()


if __name__ == "__main__":
    main()
