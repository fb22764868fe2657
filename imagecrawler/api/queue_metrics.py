"""The queue's figures as Prometheus' gauges: every API process shows the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from imagecrawler.db.figures import Counts, QueueFigures, Waiting
from imagecrawler.items import Outcome
from imagecrawler.jobs.metrics import priority_name
from imagecrawler.jobs.queue import Priority


class QueueCollector(Collector):
    """``figures`` are the latest; None while the database is away."""

    figures: QueueFigures | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """As a registry asks."""
        up = self.figures is not None
        yield _gauge("imagecrawler_database_up", "Whether the database answers.", float(up))
        if self.figures is not None:
            yield _jobs(self.figures)
            yield from _waiting(self.figures.waiting)
            yield from _counts(self.figures.counts)


def _jobs(figures: QueueFigures) -> GaugeMetricFamily:
    family = GaugeMetricFamily(
        "imagecrawler_jobs",
        "Jobs of the queue by state; by outcome those that ended within 24 hours.",
        labels=("state", "outcome"),
    )
    family.add_metric(("queued", ""), sum(each.jobs for each in figures.waiting))
    family.add_metric(("running", ""), figures.counts.running)
    for outcome in Outcome:
        family.add_metric(("finished", outcome.value), figures.ended.get(outcome.value, 0))
    return family


def _waiting(waiting: Sequence[Waiting]) -> Iterator[GaugeMetricFamily]:
    by_priority = {int(each): Waiting(int(each), 0, 0, 0.0) for each in Priority}
    by_priority |= {each.priority: each for each in waiting}
    yield _by_priority(
        "imagecrawler_queue_jobs",
        "Jobs that wait.",
        {key: each.jobs for key, each in by_priority.items()},
    )
    yield _by_priority(
        "imagecrawler_queue_held_back_jobs",
        "Those of them that wait for the time of their next attempt.",
        {key: each.held_back for key, each in by_priority.items()},
    )
    yield _by_priority(
        "imagecrawler_queue_oldest_age_seconds",
        "For how long the oldest of the others has waited.",
        {key: each.oldest for key, each in by_priority.items()},
    )


def _by_priority(name: str, documentation: str, values: Mapping[int, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, documentation, labels=("priority",))
    for priority, value in values.items():
        family.add_metric((priority_name(priority),), value)
    return family


def _counts(counts: Counts) -> Iterable[GaugeMetricFamily]:
    return (
        _gauge("imagecrawler_workers", "Workers of the queue with a heartbeat.", counts.workers),
        _gauge("imagecrawler_pages_due", "Pages to be crawled again by now.", counts.pages_due),
        _gauge(
            "imagecrawler_sites_on_hold",
            "Sites that want to be left alone for now.",
            counts.sites_on_hold,
        ),
        _gauge(
            "imagecrawler_deleted_objects_waiting",
            "Objects of deleted images that are still in the store.",
            counts.deletions,
        ),
        _gauge(
            "imagecrawler_deleted_objects_oldest_age_seconds",
            "For how long the oldest of them has been.",
            counts.oldest_deletion,
        ),
    )


def _gauge(name: str, documentation: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, documentation, value)
