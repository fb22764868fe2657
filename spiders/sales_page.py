"""The spider of a campaign's sales page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any, Self
from uuid import UUID, uuid4

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from imagecrawler.download.downloader import MAX_ATTEMPTS, Downloader
from imagecrawler.errors import BadTarget, BrowserLost, ImagecrawlerError, RenderFailed
from imagecrawler.extraction import extract, fingerprint, needs_images
from imagecrawler.items import ImageCandidate, Outcome, PageItem
from imagecrawler.jobs.conclude import concluded, without_page
from imagecrawler.jobs.explain import Explanations
from imagecrawler.jobs.incremental import unchanged_page
from imagecrawler.jobs.job import Job, parse_arguments
from imagecrawler.jobs.ledger import JobLedger
from imagecrawler.jobs.log_context import NobodysEngine, work_of
from imagecrawler.jobs.recall import StoredBytes
from imagecrawler.jobs.stopping import StopWatch
from imagecrawler.logs import begin_work
from imagecrawler.rendering.handler import render_meta
from imagecrawler.rendering.page import close_page
from imagecrawler.rendering.render import Rendered, render
from imagecrawler.rendering.verdict import PageVerdict
from imagecrawler.signals import stage_reached

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
    stored_bytes: StoredBytes
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
        self.stored_bytes = StoredBytes.from_crawler(self.crawler)
        try:
            if self.stands:
                # only a standing worker pays for importing Procrastinate
                from imagecrawler.jobs.worker import Worker

                self.worker = Worker.from_crawler(self.crawler, self.jobs)
                async for job in self.worker.take_jobs():
                    yield self._request(job, load_images=self.load_images)
            else:
                job = await self.jobs.begin(self.arguments, self.external_id)
                # a standing worker finishes what it holds; a crawl of one page is told to end
                self.stop_watch = StopWatch(self.crawler, job.budget)
                yield self._request(job, load_images=self.load_images)
        except ImagecrawlerError as error:
            self.failure = error

    def _request(
        self, job: Job, *, load_images: bool, fallback: Rendered | None = None, losses: int = 0
    ) -> Request:
        arguments = {"job": job, "asked": perf_counter(), "fallback": fallback, "losses": losses}
        return Request(
            job.target.url,
            callback=self.parse,
            errback=self.failed,
            dont_filter=True,
            cb_kwargs={**arguments, "load_images": load_images},
            meta=render_meta(str(uuid4()), job.budget, load_images=load_images),
        )

    async def parse(
        self,
        response: Response,
        job: Job,
        asked: float,
        fallback: Rendered | None,
        losses: int,
        load_images: bool,
    ) -> AsyncIterator[PageItem | Request]:
        """From the browser's first byte to the downloaded pictures.

        ``fallback`` is what the page gave before it was asked for again, with images or because
        the browser died under it, which it did ``losses`` times.
        """
        begin_work(work_of(job.id, job.target))
        page, activity = response.meta["playwright_page"], response.meta["activity"]
        have: Mapping[str, bytes] = {}
        try:
            if refusal := self.explain.of_answer(response):
                yield await self._without_page(job, refusal)
                return
            rendered = await render(page, activity, job.budget, screenshot=self.screenshot)
            if rendered.lost:
                fallback = fallback or rendered
                raise BrowserLost(rendered.cut)
            candidates = extract(rendered.snapshot)
            first = candidates if fallback is None else extract(fallback.snapshot)
            mark = fingerprint(first, job.target.max_images)
            if item := unchanged_page(job, rendered, mark, perf_counter() - asked):
                yield item
                return
            if not load_images and needs_images(rendered.snapshot, candidates):
                self.logger.info("rendering %s again, with images: its layout needs them", page.url)
                yield self._request(job, load_images=True, fallback=rendered, losses=losses)
                return
            if load_images:
                have = await activity.bodies(_addresses(candidates), job.budget)
        except RenderFailed as error:
            verdict = PageVerdict(Outcome.FAILED, str(error), error.is_transient)
            again = self._after_loss(error, response.cb_kwargs, fallback)
            if again or fallback is None:
                yield again or await self._without_page(job, verdict)
                return
            rendered, mark = replace(fallback, cut=str(error)), ""
            candidates = extract(rendered.snapshot)
        finally:
            await close_page(page)
        self._report(job, "rendered", 1)
        seconds = perf_counter() - asked
        yield await self._collect(job, rendered, candidates, have, seconds, mark)

    async def failed(self, failure: Failure) -> AsyncIterator[PageItem | Request]:
        """The request gave no page at all."""
        request: Request = failure.request  # type: ignore[attr-defined]
        job: Job = request.cb_kwargs["job"]
        begin_work(work_of(job.id, job.target))
        fallback: Rendered | None = request.cb_kwargs["fallback"]
        if (page := request.meta.get("playwright_page")) is not None:
            await close_page(page)
        verdict = self.explain.of_failure(job.target.url, failure)
        again = self._after_loss(failure.value, request.cb_kwargs, fallback)
        if again or fallback is None:
            yield again or await self._without_page(job, verdict)
            return
        rendered = replace(fallback, cut=verdict.detail)
        yield await self._collect(job, rendered, extract(rendered.snapshot), {}, 0.0)

    def _after_loss(
        self, error: BaseException | None, given: Mapping[str, Any], fallback: Rendered | None
    ) -> Request | None:
        """The page once more, in a fresh context, when the browser died under it."""
        job: Job = given["job"]
        losses: int = given["losses"] + 1
        if not isinstance(error, BrowserLost) or losses > MAX_LOSSES or not job.budget.left:
            return None
        self.logger.warning("asking for %s again: %s", job.target.url, error)
        return self._request(
            job, load_images=given["load_images"], fallback=fallback, losses=losses
        )

    async def _without_page(self, job: Job, verdict: PageVerdict) -> PageItem:
        await self.jobs.heed(job, verdict)
        return without_page(job, verdict)

    async def _collect(
        self,
        job: Job,
        rendered: Rendered,
        candidates: Sequence[ImageCandidate],
        have: Mapping[str, bytes],
        seconds: float,
        mark: str = "",
    ) -> PageItem:
        self._report(job, "found", len(candidates))
        started = perf_counter()
        downloader = Downloader(
            NobodysEngine(self.crawler.engine),
            rendered.snapshot,
            job.budget,
            cookies=rendered.cookies,
            have=have,
            known=job.known.images if job.known else {},
            recall=self.stored_bytes.get,
            explain=self.explain.of_picture,
            progress=lambda done: self._report(job, "downloaded", done, len(candidates)),
        )
        images, rejections = await downloader.fetch_all(candidates)
        item = PageItem(
            job.target,
            job.id,
            title=rendered.snapshot.title,
            snapshot=rendered.snapshot,
            downloaded=tuple(images),
            rejections=tuple(rejections),
            timings={"render": seconds, "download": perf_counter() - started},
            fingerprint=mark,
            screenshot=rendered.screenshot,
            may_retry_in=job.retry.wait(job.attempt),
        )
        return concluded(item, job, rendered.cut)

    def _report(self, job: Job, stage: str, count: int, total: int | None = None) -> None:
        self.crawler.signals.send_catch_log(
            stage_reached, job_id=job.id, stage=stage, count=count, total=total
        )


def _addresses(candidates: Sequence[ImageCandidate]) -> set[str]:
    return {version.url for each in candidates for version in each.versions[:MAX_ATTEMPTS]}
