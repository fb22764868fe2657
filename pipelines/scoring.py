"""Decodes and measures every picture, then judges them together."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from concurrent.futures import Future, ThreadPoolExecutor
from os import cpu_count
from time import perf_counter
from typing import Self
from uuid import UUID

from scrapy.crawler import Crawler
from scrapy.signalmanager import SignalManager

from imagecrawler.imaging.examine import Examined, examine, placed
from imagecrawler.imaging.judge import judge
from imagecrawler.items import DownloadedImage, PageItem, Rejection
from imagecrawler.signals import picture_received, stage_reached


class ScoringPipeline:
    """``downloaded`` becomes ``scored``: quality 0 to 100, role, flags.

    Pictures are examined as they arrive, while their page is still looked at.
    """

    def __init__(self, signals: SignalManager) -> None:
        self._signals = signals
        self._begun: defaultdict[UUID, dict[str, Future[Examined | Rejection]]] = defaultdict(dict)
        # Pillow lets go of the interpreter lock while it decodes
        self._threads = ThreadPoolExecutor(cpu_count(), thread_name_prefix="scoring")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """One pool of threads for a crawl."""
        pipeline = cls(crawler.signals)
        crawler.signals.connect(pipeline.picture_received, picture_received)
        return pipeline

    def close_spider(self) -> None:
        """Waits for nothing: every item has passed."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def picture_received(self, job_id: UUID, image: DownloadedImage) -> None:
        """The job's item comes in any case and takes the result with it."""
        self._begun[job_id][image.url] = self._threads.submit(examine, image)

    async def process_item(self, item: PageItem) -> PageItem:
        """One bad picture is a rejection, never an error."""
        begun = self._begun.pop(item.job_id, {})
        if item.snapshot is None or not item.downloaded:
            return item
        started = perf_counter()
        results = await asyncio.gather(
            *(self._examined(image, begun.get(image.url)) for image in item.downloaded)
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

    async def _examined(
        self, image: DownloadedImage, begun: Future[Examined | Rejection] | None
    ) -> Examined | Rejection:
        future = begun or self._threads.submit(examine, image)
        return placed(await asyncio.wrap_future(future), image)
