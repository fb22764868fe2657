"""Decodes and measures every picture, then judges them together."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Self
from uuid import UUID

from scrapy.crawler import Crawler
from scrapy.signalmanager import SignalManager

from imagecrawler.imaging.examine import Examined, Pixels, Unusable, examined
from imagecrawler.imaging.judge import judge
from imagecrawler.isolation import Decoders
from imagecrawler.items import DownloadedImage, Outcome, PageItem, Reason, Rejection
from imagecrawler.signals import picture_received, stage_reached

Look = Pixels | Unusable

PAGE_SECONDS = 60.0
"""Wall seconds that all pictures of a page may take once they are there: some two hundred large
ones take ten, and one that is made to take long takes up to twelve."""


class ScoringPipeline:
    """``downloaded`` becomes ``scored``: quality 0 to 100, role, flags.

    Pictures are looked at as they arrive, while their page is still looked at.
    """

    def __init__(self, signals: SignalManager, decoders: Decoders) -> None:
        self._signals = signals
        self._begun: defaultdict[UUID, dict[str, asyncio.Task[Look]]] = defaultdict(dict)
        self._decoders = decoders

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """A crawl's decoders, which get ready while its browser does."""
        decoders = Decoders()
        decoders.open()
        pipeline = cls(crawler.signals, decoders)
        crawler.signals.connect(pipeline.picture_received, picture_received)
        return pipeline

    async def close_spider(self) -> None:
        """Every item has passed; what is still looked at is nobody's."""
        tasks = [task for begun in self._begun.values() for task in begun.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._decoders.close()

    def picture_received(self, job_id: UUID, image: DownloadedImage) -> asyncio.Task[Look]:
        """The job's item comes in any case and takes the result with it."""
        task = asyncio.create_task(self._decoders.look_at(image.body))
        self._begun[job_id][image.url] = task
        return task

    async def process_item(self, item: PageItem) -> PageItem:
        """One bad picture is a rejection, never an error. Raises DecodersFailed."""
        begun = self._begun.pop(item.job_id, {})
        if item.snapshot is None or not item.downloaded:
            return item
        started = perf_counter()
        results = await self._all_examined(item.downloaded, begun)
        usable = [result for result in results if isinstance(result, Examined)]
        unusable = [result for result in results if isinstance(result, Rejection)]
        scored, rejected = judge(usable, item.snapshot)
        self._signals.send_catch_log(
            stage_reached,
            job_id=item.job_id,
            stage="scored",
            count=len(scored),
            total=len(item.downloaded),
        )
        judged = item.advance(
            "score",
            perf_counter() - started,
            scored=scored,
            rejections=(*item.rejections, *unusable, *rejected),
        )
        late = next((each for each in unusable if each.reason is Reason.OVER_BUDGET), None)
        return _cut_short(judged, late.detail) if late else judged

    async def _all_examined(
        self, images: Sequence[DownloadedImage], begun: Mapping[str, asyncio.Task[Look]]
    ) -> list[Examined | Rejection]:
        """What is not decoded when the page's time is up is not waited for."""
        tasks = [
            asyncio.create_task(self._examined(image, begun.get(image.url))) for image in images
        ]
        try:
            done, late = await asyncio.wait(tasks, timeout=PAGE_SECONDS)
        finally:
            for task in tasks:
                task.cancel()  # without effect on those that are done
        await asyncio.gather(*late, return_exceptions=True)
        return [
            task.result() if task in done else _late(image)
            for image, task in zip(images, tasks, strict=True)
        ]

    async def _examined(
        self, image: DownloadedImage, begun: asyncio.Task[Look] | None
    ) -> Examined | Rejection:
        return examined(image, await (begun or self._decoders.look_at(image.body)))


def _cut_short(item: PageItem, detail: str) -> PageItem:
    if item.outcome is not Outcome.SUCCEEDED:
        return item  # which has its own reason
    return replace(item, outcome=Outcome.PARTIAL, detail=detail, complete=False)


def _late(image: DownloadedImage) -> Rejection:
    detail = f"the page's pictures took more than {PAGE_SECONDS:.0f} s to decode"
    return Rejection(image.url, Reason.OVER_BUDGET, detail, rect=image.candidate.rect)
