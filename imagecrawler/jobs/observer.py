"""Follows a standing worker's crawl and keeps its metrics."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any, Self
from uuid import UUID

from prometheus_client import CollectorRegistry, Counter
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.statscollectors import StatsCollector
from twisted.python.failure import Failure

from imagecrawler.egress.extension import EgressGuardExtension
from imagecrawler.egress.guard import EgressGuard
from imagecrawler.errors import RenderFailed
from imagecrawler.items import Outcome, PageItem
from imagecrawler.jobs.ending import end
from imagecrawler.jobs.job import Job
from imagecrawler.jobs.memory import measure_memory
from imagecrawler.jobs.metrics import RESTARTS, WorkerMetrics, priority_name
from imagecrawler.signals import job_begun, picture_uploaded

#: Seconds between two looks at what sends no signal.
INTERVAL = 5.0


class WorkerObserver:
    """``restarts/<reason>`` of the crawl's stats and the guard's counters are read by the clock."""

    def __init__(self, metrics: WorkerMetrics, guard: EgressGuard, stats: StatsCollector) -> None:
        self._metrics = metrics
        self._guard = guard
        self._stats = stats
        self._begun: dict[UUID, float] = {}
        self._seen: dict[Counter, float] = {}
        self._sampling: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, registry: CollectorRegistry) -> Self:
        """Listens to the crawl from now on."""
        guard = crawler.get_extension(EgressGuardExtension)
        assert guard is not None, "EXTENSIONS lacks the EgressGuardExtension"
        assert crawler.stats is not None, "a crawl that has begun has stats"
        observer = cls(WorkerMetrics(registry), guard.guard, crawler.stats)
        for handler, signal in (
            (observer.job_begun, job_begun),
            (observer.picture_uploaded, picture_uploaded),
            (observer.item_scraped, signals.item_scraped),
            (observer.item_error, signals.item_error),
            (observer.spider_error, signals.spider_error),
        ):
            crawler.signals.connect(handler, signal)
        return observer

    def open(self) -> None:
        """Begin to look at what sends no signal."""
        self._sampling = asyncio.create_task(self._sample_for_ever(), name="sample metrics")

    async def close(self) -> None:
        """A last look."""
        if self._sampling is not None:
            await end(self._sampling)
        await self._sample()

    def job_begun(self, job: Job, waited: float, priority: int) -> None:
        """An attempt has begun."""
        self._begun[job.id] = monotonic()
        self._metrics.waiting.labels(priority_name(priority)).observe(waited)
        self._metrics.held.set(len(self._begun))

    def picture_uploaded(self, size: int) -> None:
        """Something was put into the store."""
        self._metrics.uploaded.inc(size)

    def item_scraped(self, item: PageItem, response: Response | Failure | None) -> None:
        """An attempt has come to its own end."""
        self._metrics.record_page(item)
        if item.retry_in is None:
            self._end(item.job_id, item.outcome)
        else:
            self._metrics.retries.labels(cause_of(response)).inc()
            self._let_go(item.job_id)

    def item_error(self, item: PageItem) -> None:
        """A pipeline raised, which fails the job."""
        self._end(item.job_id, Outcome.FAILED)

    def spider_error(self, response: Response | Failure | None) -> None:
        """A callback raised, which fails the job; without a response it was the spider's start."""
        request: Any = getattr(response, "request", None)
        if request is not None:
            self._end(request.cb_kwargs["job"].id, Outcome.FAILED)

    def _end(self, job_id: UUID, outcome: Outcome) -> None:
        if (seconds := self._let_go(job_id)) is not None:
            self._metrics.record_end(outcome, seconds)

    def _let_go(self, job_id: UUID) -> float | None:
        begun = self._begun.pop(job_id, None)
        self._metrics.held.set(len(self._begun))
        return None if begun is None else monotonic() - begun

    async def _sample_for_ever(self) -> None:
        while True:
            await self._sample()
            await asyncio.sleep(INTERVAL)

    async def _sample(self) -> None:
        self._reach(self._metrics.received, self._guard.bytes_received)
        self._reach(self._metrics.connections, self._guard.connections)
        self._reach(self._metrics.refused, self._guard.refused)
        for reason in RESTARTS:
            total = self._stats.get_value(f"browser/restarts/{reason}", 0)
            self._reach(self._metrics.restarts.labels(reason), total)
        self._metrics.record_memory(await asyncio.to_thread(measure_memory))

    def _reach(self, counter: Counter, total: float) -> None:
        """A figure that somebody else counts from this worker's beginning."""
        counter.inc(total - self._seen.get(counter, 0))
        self._seen[counter] = total


def cause_of(response: Response | Failure | None) -> str:
    """Why an attempt is repeated: ``http_503`` and the like, ``network``, ``browser``, ``other``.

    ``response`` is what the page's request came to.
    """
    if isinstance(response, Response):
        return f"http_{response.status}" if response.status >= 400 else "browser"
    if isinstance(response, Failure) and isinstance(response.value, RenderFailed):
        # Chromium's names of network errors
        return "network" if "net::ERR_" in str(response.value) else "browser"
    return "other"
