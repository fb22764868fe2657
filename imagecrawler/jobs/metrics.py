"""What a standing worker counts, for Prometheus. Imported by nobody else: a crawl of one page
has no use for it.

With PROMETHEUS_MULTIPROC_DIR in the environment, prometheus_client keeps the values in files
there, which ``imagecrawler serve`` adds up over its workers.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from imagecrawler.items import Outcome, PageItem, Reason, Role
from imagecrawler.jobs.memory import ProcessMemory
from imagecrawler.jobs.queue import Priority

#: Seconds. A page takes about one, its budget is 45, and the uploads have 90 of their own.
JOB_BUCKETS: Final = (0.5, 1, 1.5, 2, 3, 5, 8, 13, 20, 30, 45, 60, 90, 140)
STAGE_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 45, 90)
#: From a person's wait to a whole night's.
WAITING_BUCKETS: Final = (0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600, 14_400, 28_800)

#: Why a browser is started anew.
RESTARTS: Final = ("crash", "pages", "memory")


def priority_name(priority: int) -> str:
    """``interactive``, ``nightly``, or the number of one without a name."""
    try:
        return Priority(priority).name.lower()
    except ValueError:
        return str(priority)


class WorkerMetrics:
    """The instruments, with a series for everything that is bound to come."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, documentation: str, *labels: str) -> Counter:
            return Counter(name, documentation, labels, registry=registry)

        def histogram(
            name: str, documentation: str, buckets: tuple[float, ...], *labels: str
        ) -> Histogram:
            return Histogram(name, documentation, labels, registry=registry, buckets=buckets)

        def gauge(name: str, documentation: str, *labels: str) -> Gauge:
            return Gauge(
                name, documentation, labels, registry=registry, multiprocess_mode="livesum"
            )

        self.ended = counter("imagecrawler_jobs_ended", "Jobs that ended here.", "outcome")
        self.retries = counter(
            "imagecrawler_job_retries", "Attempts that another one follows.", "cause"
        )
        self.duration = histogram(
            "imagecrawler_job_duration_seconds", "From a job's beginning to its end.", JOB_BUCKETS
        )
        self.waiting = histogram(
            "imagecrawler_job_waiting_seconds",
            "From when a job could have begun to when it did.",
            WAITING_BUCKETS,
            "priority",
        )
        self.stages = histogram(
            "imagecrawler_stage_duration_seconds", "Of a page, by stage.", STAGE_BUCKETS, "stage"
        )
        self.pages = counter("imagecrawler_pages_rendered", "Pages that the browser gave.")
        self.kept = counter("imagecrawler_pictures_kept", "Pictures stored, by role.", "role")
        self.rejected = counter("imagecrawler_pictures_rejected", "Pictures not kept.", "reason")
        self.downloaded = counter("imagecrawler_downloaded_bytes", "Of pictures that were fetched.")
        self.uploaded = counter("imagecrawler_uploaded_bytes", "Of pictures put into the store.")
        self.received = counter(
            "imagecrawler_egress_received_bytes", "From crawled sites, over browser and downloader."
        )
        self.connections = counter("imagecrawler_egress_connections", "To the egress guard.")
        self.refused = counter(
            "imagecrawler_egress_refused", "Requests that the egress guard refused."
        )
        self.restarts = counter("imagecrawler_browser_restarts", "New browsers, by why.", "reason")
        self.held = gauge("imagecrawler_jobs_held", "Jobs that are under way in the workers.")
        self.memory = gauge(
            "imagecrawler_worker_memory_bytes", "Private memory of the processes.", "process"
        )
        self._begin_at_zero()

    def _begin_at_zero(self) -> None:
        """A series that begins at 1 has risen by nothing, as far as Prometheus can see."""
        for outcome in Outcome:
            self.ended.labels(outcome.value)
        for role in Role:
            self.kept.labels(role.value)
        for reason in Reason:
            self.rejected.labels(reason.value)
        for restart in RESTARTS:
            self.restarts.labels(restart)

    def record_page(self, item: PageItem) -> None:
        """What became of a page, whether or not its job goes on."""
        if item.snapshot is not None:
            self.pages.inc()
        for stage, seconds in item.timings.items():
            self.stages.labels(stage).observe(seconds)
        for stored in item.stored:
            self.kept.labels(stored.scored.role.value).inc()
        for rejection in item.rejections:
            self.rejected.labels(rejection.reason.value).inc()
        self.downloaded.inc(sum(len(image.body) for image in item.downloaded))

    def record_end(self, outcome: Outcome, seconds: float) -> None:
        """A job that is over, ``seconds`` after it began."""
        self.ended.labels(outcome.value).inc()
        self.duration.observe(seconds)

    def record_memory(self, memory: ProcessMemory) -> None:
        """Bytes at this moment."""
        self.memory.labels("worker").set(memory.worker)
        self.memory.labels("driver").set(memory.driver)
        self.memory.labels("browsers").set(memory.browsers)
