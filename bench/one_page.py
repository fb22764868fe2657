"""How long one job takes, cold and warm, and where the time goes.

    python bench/one_page.py [--runs 5] [--page /products/summit-backpack]

Cold: ``imagecrawler scrape`` as a process of its own, from its start to its exit. Warm: further
jobs of one spider whose browser and database are up. Both on the demo shop, medians of the runs.
The database and the store are fresh ones in a temporary directory.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "site"))

from serve import DemoShop

STAGES = ("render", "download", "score", "dedupe", "upload", "persist")


def cold(url: str, runs: int) -> list[float]:
    seconds = []
    for _ in range(runs):
        started = perf_counter()
        command = [sys.executable, "-m", "imagecrawler", "scrape", url, "--json"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds.append(perf_counter() - started)
    return seconds


def warm(url: str, runs: int) -> list[dict[str, float]]:
    from scrapy import Request, signals
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    from imagecrawler.items import PageItem
    from imagecrawler.jobs.attempt import Attempt
    from spiders.sales_page import SalesPageSpider

    timings: list[dict[str, float]] = []
    done = asyncio.Event()

    class RepeatedSpider(SalesPageSpider):
        """The same page again and again, one job after the other."""

        async def start(self) -> AsyncIterator[Request]:
            async for request in super().start():
                yield request
            for _ in range(runs):
                await done.wait()
                done.clear()
                started = perf_counter()
                job = await self.jobs.begin(self.arguments, None)
                yield self._request(Attempt(job, load_images=False))
                await done.wait()
                timings[-1]["total"] = perf_counter() - started

    def finished(item: PageItem) -> None:
        timings.append(dict(item.timings))
        done.set()

    settings = Settings()
    settings.setmodule("imagecrawler.settings")
    settings.set("LOG_LEVEL", "WARNING")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(RepeatedSpider)
    crawler.signals.connect(finished, signals.item_scraped)
    process.crawl(crawler, url=url)
    process.start()
    return [timing for timing in timings if "total" in timing]


def report(name: str, values: list[float]) -> None:
    print(f"{name:<24} {median(values):7.2f} s   ({min(values):.2f} to {max(values):.2f})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--page", default="/products/summit-backpack")
    options: Any = parser.parse_args()
    with DemoShop() as shop, tempfile.TemporaryDirectory() as folder:
        os.environ["IMAGECRAWLER_DATA_DIR"] = folder
        os.environ["IMAGECRAWLER_EGRESS_ALLOW"] = "127.0.0.0/8"
        url = shop.url + options.page
        first = cold(url, 1)
        report("cold, first ever", first)
        report("cold", cold(url, options.runs))
        timings = warm(url, options.runs)
        report("warm", [timing["total"] for timing in timings])
        for stage in STAGES:
            report(f"  of that {stage}", [timing.get(stage, 0.0) for timing in timings])


if __name__ == "__main__":
    main()
