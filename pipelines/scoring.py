"""Decodes and measures every picture, then judges them together."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from time import perf_counter
from typing import Self

from scrapy.crawler import Crawler
from scrapy.signalmanager import SignalManager

from imagecrawler.imaging.examine import Examined, examine
from imagecrawler.imaging.judge import judge
from imagecrawler.items import PageItem, Rejection
from imagecrawler.signals import stage_reached


class ScoringPipeline:
    """``downloaded`` becomes ``scored``: quality 0 to 100, role, flags."""

    def __init__(self, signals: SignalManager) -> None:
        self._signals = signals
        # Pillow lets go of the interpreter lock while it decodes
        self._threads = ThreadPoolExecutor(cpu_count(), thread_name_prefix="scoring")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """One pool of threads for a crawl."""
        return cls(crawler.signals)

    def close_spider(self) -> None:
        """Waits for nothing: every item has passed."""
        self._threads.shutdown(wait=False)

    async def process_item(self, item: PageItem) -> PageItem:
        """One bad picture is a rejection, never an error."""
        if item.snapshot is None or not item.downloaded:
            return item
        started = perf_counter()
        loop = asyncio.get_running_loop()
        results = await asyncio.gather(
            *(loop.run_in_executor(self._threads, examine, image) for image in item.downloaded)
        )
        examined = [result for result in results if isinstance(result, Examined)]
        unusable = [result for result in results if isinstance(result, Rejection)]
        scored, rejected = judge(examined, item.snapshot)
        self._signals.send_catch_log(
            stage_reached,
            job_id=item.job_id,
            stage="scored",
            count=len(scored),
            total=len(item.downloaded),
        )
        return item.advance(
            "score",
            perf_counter() - started,
            scored=scored,
            rejections=(*item.rejections, *unusable, *rejected),
        )
