"""The spider of a campaign's sales page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any, Self
from uuid import UUID, uuid4

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from imagecrawler.crash_points import CrashPoint, crash_point
from imagecrawler.download.downloader import MAX_ATTEMPTS
from imagecrawler.errors import BadTarget, BrowserLost, ImagecrawlerError, RenderFailed
from imagecrawler.extraction import extract, fingerprint, needs_images
from imagecrawler.items import ImageCandidate, Outcome, PageItem
from imagecrawler.jobs.attempt import Attempt, Seen
from imagecrawler.jobs.conclude import without_page
from imagecrawler.jobs.explain import Explanations, challenge_of
from imagecrawler.jobs.incremental import unchanged_page
from imagecrawler.jobs.instead import instead_of_page
from imagecrawler.jobs.job import Job, parse_arguments
from imagecrawler.jobs.ledger import JobLedger
from imagecrawler.jobs.log_context import work_of
from imagecrawler.jobs.pictures import PagePictures, Pictures
from imagecrawler.jobs.stopping import StopWatch
from imagecrawler.logs import begin_work
from imagecrawler.rendering.handler import render_meta
from imagecrawler.rendering.page import close_page
from imagecrawler.rendering.render import render
from imagecrawler.rendering.verdict import PageVerdict

#: How often a page whose browser died is asked for once more.
MAX_LOSSES = 2


class SalesPageSpider(Spider):
    """Renders sales pages and yields one PageItem for each, whatever happens to the page.

    Arguments: ``url`` (required), ``campaign_id`` and ``user_id`` (UUIDs; without a campaign the
    local demo campaign), ``max_images`` (1 to 50, default 10), ``incremental`` (1: what an earlier
    crawl has stored is not fetched again unless it changed). Raises BadTarget for other values.
    Or ``queue=1`` alone: a standing worker, which crawls what waits in the queue.
    ``failure`` is why it could not begin.
    """

    name = "sales_page"
    failure: ImagecrawlerError | None = None
    jobs: JobLedger
    explain: Explanations
    pictures: Pictures
    stop_watch: StopWatch
    screenshot: bool
    load_images: bool

    def __init__(
        self,
        url: str | None = None,
        campaign_id: str | None = None,
        user_id: str | None = None,
        max_images: str | int | None = None,
        job_id: str | UUID | None = None,
        queue: str | None = None,
        incremental: str | None = None,
        _job: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.stands = queue == "1"
        if self.stands and url:
            raise BadTarget("url: not with queue=1, which crawls what waits in the queue")
        if not self.stands:
            self.arguments = parse_arguments(
                url, campaign_id, user_id, max_images, job_id, incremental
            )
        self.external_id = _job

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Raises BadTarget."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.screenshot = crawler.settings.getbool("IMAGECRAWLER_SCREENSHOT")
        # a remote browser loads images whether we want them or not
        spider.load_images = spider.screenshot or bool(crawler.settings["PLAYWRIGHT_CDP_URL"])
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """One request, or as many as the queue gives; ``failure`` explains where there is none."""
        self.jobs = JobLedger.from_crawler(self.crawler)
        self.explain = Explanations.from_crawler(self.crawler)
        self.pictures = Pictures(self.crawler)
        try:
            if self.stands:
                # only a standing worker pays for importing Procrastinate
                from imagecrawler.jobs.worker import Worker

                self.worker = Worker.from_crawler(self.crawler, self.jobs)
                async for job in self.worker.take_jobs():
                    yield self._request(Attempt(job, self.load_images))
            else:
                job = await self.jobs.begin(self.arguments, self.external_id)
                # a standing worker finishes what it holds; a crawl of one page is told to end
                self.stop_watch = StopWatch(self.crawler, job.budget)
                yield self._request(Attempt(job, self.load_images))
        except ImagecrawlerError as error:
            self.failure = error

    def _request(self, attempt: Attempt) -> Request:
        job = attempt.job
        return Request(
            job.target.url,
            callback=self.parse,
            errback=self.failed,
            dont_filter=True,
            cb_kwargs={"job": job, "attempt": attempt},
            meta=render_meta(str(uuid4()), job.budget, load_images=attempt.load_images),
        )

    async def parse(
        self, response: Response, job: Job, attempt: Attempt
    ) -> AsyncIterator[PageItem | Request]:
        """From the browser's first byte to the downloaded pictures."""
        begin_work(work_of(job.id, job.target))
        pictures = self.pictures.of(attempt)
        closing = None
        try:
            seen = await self._look(response, attempt, pictures)
            closing = asyncio.create_task(close_page(response.meta["playwright_page"]))
            yield await pictures.collect(seen) if isinstance(seen, Seen) else seen
        finally:
            await (closing or close_page(response.meta["playwright_page"]))
            await pictures.close()

    async def failed(self, failure: Failure) -> AsyncIterator[PageItem | Request]:
        """The request gave no page at all."""
        request: Request = failure.request  # type: ignore[attr-defined]
        attempt: Attempt = request.cb_kwargs["attempt"]
        begin_work(work_of(attempt.job.id, attempt.job.target))
        if (page := request.meta.get("playwright_page")) is not None:
            await close_page(page)
        verdict = self.explain.of_failure(attempt.job.target.url, failure)
        seen = await self._make_do(attempt, failure.value, verdict)
        pictures = self.pictures.of(attempt)
        yield await pictures.collect(seen) if isinstance(seen, Seen) else seen

    async def _look(
        self, response: Response, attempt: Attempt, pictures: PagePictures
    ) -> Seen | PageItem | Request:
        try:
            if refusal := self.explain.of_answer(response):
                return await self._without_page(attempt.job, refusal)
            return await self._see(response, attempt, pictures)
        except RenderFailed as error:
            verdict = PageVerdict(Outcome.FAILED, str(error), error.is_transient)
            return await self._make_do(attempt, error, verdict)

    async def _see(
        self, response: Response, attempt: Attempt, pictures: PagePictures
    ) -> Seen | PageItem | Request:
        """Raises RenderFailed, or BrowserLost, where there is nothing to be seen."""
        job, activity = attempt.job, response.meta["activity"]
        page = response.meta["playwright_page"]
        rendered = await render(
            page, activity, job.budget, screenshot=self.screenshot, seen=pictures.begin
        )
        crash_point(CrashPoint.PAGE_RENDERED)
        if rendered.lost:
            kept = replace(attempt, fallback=attempt.fallback or rendered)
            return await self._make_do(kept, BrowserLost(rendered.cut), _lost(rendered.cut))
        candidates = pictures.candidates_of(rendered.snapshot)
        if instead := instead_of_page(attempt, rendered, candidates, challenge_of(response)):
            return instead if isinstance(instead, Seen) else await self._without_page(job, instead)
        first = extract(attempt.fallback.snapshot) if attempt.fallback else candidates
        mark = fingerprint(first, job.target.max_images)
        if item := unchanged_page(job, rendered, mark, attempt.seconds):
            return item
        if not attempt.load_images and needs_images(rendered.snapshot, candidates):
            self.logger.info("rendering %s again, with images: its layout needs them", page.url)
            return self._request(Attempt(job, True, rendered, attempt.losses))
        have = {}
        if attempt.load_images:
            have = await activity.bodies(_addresses(candidates), job.budget)
        return attempt.seen(rendered, candidates, mark, have)

    async def _make_do(
        self, attempt: Attempt, error: BaseException | None, verdict: PageVerdict
    ) -> Seen | PageItem | Request:
        """Another attempt, or what the page gave before, or the verdict."""
        if again := self._after_loss(attempt, error):
            return again
        before = attempt.seen_before(verdict.detail)
        return before or await self._without_page(attempt.job, verdict)

    def _after_loss(self, attempt: Attempt, error: BaseException | None) -> Request | None:
        """The page once more, in a fresh context, when the browser died under it."""
        losses = attempt.losses + 1
        if not isinstance(error, BrowserLost) or losses > MAX_LOSSES or not attempt.job.budget.left:
            return None
        self.logger.warning("asking for %s again: %s", attempt.job.target.url, error)
        return self._request(Attempt(attempt.job, attempt.load_images, attempt.fallback, losses))

    async def _without_page(self, job: Job, verdict: PageVerdict) -> PageItem:
        await self.jobs.heed(job, verdict)
        return without_page(job, verdict)


def _lost(why: str) -> PageVerdict:
    return PageVerdict(Outcome.FAILED, why, is_transient=True)


def _addresses(candidates: Sequence[ImageCandidate]) -> set[str]:
    return {version.url for each in candidates for version in each.versions[:MAX_ATTEMPTS]}
