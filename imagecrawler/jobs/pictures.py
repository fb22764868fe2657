"""The pictures of a page: fetched from when it first names them to when it was seen as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any

from scrapy.crawler import Crawler

from imagecrawler.download.downloader import Downloader
from imagecrawler.download.page_fetcher import PageFetcher
from imagecrawler.extraction import extract, is_evident, needs_images
from imagecrawler.items import DownloadedImage, ImageCandidate, PageItem, PageSnapshot
from imagecrawler.jobs.attempt import Attempt, Seen
from imagecrawler.jobs.conclude import concluded
from imagecrawler.jobs.explain import Explanations
from imagecrawler.jobs.job import Job
from imagecrawler.jobs.known_upgrades import known_first
from imagecrawler.jobs.log_context import NobodysEngine
from imagecrawler.jobs.recall import StoredBytes
from imagecrawler.jobs.upgrading import Look, Upgrades
from imagecrawler.rendering.render import Rendered
from imagecrawler.signals import picture_received, stage_reached


class Pictures:
    """Of all pages of a crawl."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._engine = NobodysEngine(crawler.engine)
        self._explain = Explanations.from_crawler(crawler)
        self._stored = StoredBytes.from_crawler(crawler)

    def of(self, attempt: Attempt) -> PagePictures:
        """Of the page that an attempt asks for."""
        return PagePictures(self, attempt)

    def downloader(self, job: Job, rendered: Rendered, have: Mapping[str, bytes]) -> Downloader:
        """Fetches what the page names, and what is better."""
        known = job.known.images if job.known else {}
        upgrades = Upgrades(rendered.snapshot, known, lambda image: self._look_at(job, image))
        fetcher = PageFetcher(
            self._engine,
            rendered.snapshot,
            job.budget,
            cookies=rendered.cookies,
            have=have,
            known=known,
            recall=self._stored.get,
            explain=self._explain.of_picture,
        )
        return Downloader(
            fetcher,
            improve=upgrades.improve,
            progress=lambda done, total: self.report(job, "downloaded", done, total),
        )

    def report(self, job: Job, stage: str, count: int, total: int | None = None) -> None:
        """Tells the crawl how far a job is."""
        self._tell(stage_reached, job_id=job.id, stage=stage, count=count, total=total)

    def _look_at(self, job: Job, image: DownloadedImage) -> Look | None:
        answers = self._tell(picture_received, job_id=job.id, image=image)
        return next((each for _, each in answers if isinstance(each, asyncio.Task)), None)

    def _tell(self, signal: object, **news: Any) -> list[tuple[Any, Any]]:
        return self._crawler.signals.send_catch_log(signal, **news)


class PagePictures:
    """Of one page; ``close`` lets go of what was begun and not collected."""

    def __init__(self, crawl: Pictures, attempt: Attempt) -> None:
        self._crawl = crawl
        self._attempt = attempt
        self._begun: Downloader | None = None
        self._extracted: tuple[PageSnapshot, tuple[ImageCandidate, ...]] | None = None

    def candidates_of(self, snapshot: PageSnapshot) -> tuple[ImageCandidate, ...]:
        """Extracted once, however often the latest snapshot is asked about."""
        if self._extracted is None or self._extracted[0] is not snapshot:
            self._extracted = (snapshot, extract(snapshot))
        return self._extracted[1]

    def begin(self, so_far: Rendered) -> None:
        """Fetches what the page names by now, while it is looked at further.

        Not where the job may find that nothing is new, nor where the page is going to be rendered
        again by a browser that has the pictures then.
        """
        job = self._attempt.job
        if self._attempt.load_images or (job.known is not None and job.known.fingerprint):
            return
        candidates = self.candidates_of(so_far.snapshot)
        if not needs_images(so_far.snapshot, candidates):
            self._begun = self._begun or self._crawl.downloader(job, so_far, {})
            certain = [each for each in candidates if so_far.whole or is_evident(each)]
            self._begun.begin(self._ordered(certain))

    async def collect(self, seen: Seen) -> PageItem:
        """The page with its pictures, or why they are not to be had."""
        job, snapshot = seen.job, seen.rendered.snapshot
        self._crawl.report(job, "rendered", 1)
        self._crawl.report(job, "found", len(seen.candidates))
        started = perf_counter()
        downloader = self._begun or self._crawl.downloader(job, seen.rendered, seen.have)
        downloader.fetcher.page, downloader.fetcher.cookies = snapshot, seen.rendered.cookies
        images, rejections = await downloader.fetch_all(self._ordered(seen.candidates))
        item = PageItem(
            job.target,
            job.id,
            title=snapshot.title,
            snapshot=snapshot,
            downloaded=tuple(images),
            rejections=tuple(rejections),
            timings={"render": seen.seconds, "download": perf_counter() - started},
            fingerprint=seen.mark,
            screenshot=seen.rendered.screenshot,
            may_retry_in=job.retry.wait(job.attempt),
        )
        return concluded(item, job, seen.rendered.cut)

    def _ordered(self, candidates: Sequence[ImageCandidate]) -> list[ImageCandidate]:
        known = self._attempt.job.known
        return known_first(candidates, known.images if known else {})

    async def close(self) -> None:
        """Without effect on what was collected."""
        if self._begun is not None:
            await self._begun.close()
