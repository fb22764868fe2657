"""crawl4ai's own scrolling and media extraction, the widest of each group fetched by httpx."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import Any
from urllib.parse import urljoin

from candidates import VIEWPORT, client, fetch
from crawl4ai import (
    AsyncWebCrawler,
    BrowserConfig,
    CacheMode,
    CrawlerRunConfig,
)
from playwright.async_api import BrowserType
from protocol import Bench, Task


def use_browser(path: str) -> None:
    """crawl4ai has no setting for the executable: Playwright is told in its stead."""
    launch = BrowserType.launch

    async def launch_that(self: BrowserType, **options: Any) -> Any:
        return await launch(self, **{**options, "executable_path": path})

    BrowserType.launch = launch_that


def widest(result: Any) -> list[str]:
    groups: dict[int, tuple[int, str]] = {}
    for image in result.media["images"]:
        width = int(image.get("width") or 0)
        best = groups.get(image["group_id"], (-1, ""))
        groups[image["group_id"]] = max(best, (width, urljoin(result.url, image["src"])))
    return [url for _, url in groups.values()]


async def run(task: Task, bench: Bench) -> None:
    browser = BrowserConfig(
        headless=True,
        extra_args=task.browser_arguments,
        viewport_width=VIEWPORT["width"],
        viewport_height=VIEWPORT["height"],
        verbose=False,
    )
    config = CrawlerRunConfig(
        cache_mode=CacheMode.BYPASS, scan_full_page=True, wait_for_images=True, verbose=False
    )
    turns = asyncio.Semaphore(task.concurrency)
    async with AsyncWebCrawler(config=browser) as crawler, client(task.concurrency) as over:

        async def one(url: str) -> list[str]:
            async with turns:
                result = await crawler.arun(url, config=config)
                return await fetch(over, widest(result)) if result.success else []

        for url in task.warm:
            await one(url)
        bench.ready()
        started = perf_counter()
        had = await asyncio.gather(*map(one, task.pages))
        seconds = perf_counter() - started
        bench.done(seconds, [url for each in had for url in each], sum(not each for each in had))


if __name__ == "__main__":
    talk = Bench()
    use_browser(talk.task.browser)
    asyncio.run(run(talk.task, talk))
