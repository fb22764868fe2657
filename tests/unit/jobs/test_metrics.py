from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from uuid import UUID

import pytest
from prometheus_client import CollectorRegistry
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse
from twisted.python.failure import Failure

from imagecrawler.budget import Budget
from imagecrawler.errors import RenderFailed
from imagecrawler.items import (
    DownloadedImage,
    ImageCandidate,
    Measurements,
    Outcome,
    PageItem,
    PageSnapshot,
    Reason,
    Rejection,
    Role,
    ScoredImage,
    StoredImage,
    Target,
    Version,
)
from imagecrawler.jobs.job import Job
from imagecrawler.jobs.metrics import WorkerMetrics, priority_name
from imagecrawler.jobs.observer import WorkerObserver, cause_of
from imagecrawler.jobs.queue import Priority

URL = "https://shop.example/p"
TARGET = Target(URL, UUID(int=1), UUID(int=2))
JOB = Job(TARGET, Budget(10), UUID(int=3))


def _stored(role: Role) -> StoredImage:
    candidate = ImageCandidate((Version(URL),), ("img",))
    image = DownloadedImage(candidate, URL, b"four")
    scored = ScoredImage(image, Measurements(9, 9, "png", 1), "ab", 50.0, {}, role, True, False)
    return StoredImage(scored, "key", "https://cdn.example/key")


def _page(**changes: object) -> PageItem:
    kept = (_stored(Role.HERO), _stored(Role.PRODUCT), _stored(Role.PRODUCT))
    fields = {
        "snapshot": PageSnapshot(URL, URL),
        "downloaded": tuple(each.scored.image for each in kept),
        "stored": kept,
        "rejections": (Rejection(URL, Reason.DUPLICATE), Rejection(URL, Reason.TOO_SMALL)),
        "timings": {"render": 0.9, "upload": 0.04},
    }
    return PageItem(TARGET, JOB.id, **fields | changes)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def guard() -> SimpleNamespace:
    return SimpleNamespace(bytes_received=0, connections=0, refused=0)


@pytest.fixture
def stats() -> dict[str, int]:
    return {}


@pytest.fixture
def observer(registry, guard, stats) -> WorkerObserver:
    collector = SimpleNamespace(get_value=stats.get)
    return WorkerObserver(WorkerMetrics(registry), guard, collector)


def _value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(f"imagecrawler_{name}", labels)


def test_a_page_is_counted_with_what_became_of_its_pictures(registry) -> None:
    WorkerMetrics(registry).record_page(_page())
    assert _value(registry, "pages_rendered_total") == 1
    assert _value(registry, "pictures_kept_total", role="product") == 2
    assert _value(registry, "pictures_kept_total", role="lifestyle") == 0
    assert _value(registry, "pictures_rejected_total", reason="duplicate") == 1
    assert _value(registry, "downloaded_bytes_total") == 12
    assert _value(registry, "stage_duration_seconds_sum", stage="render") == 0.9
    assert _value(registry, "stage_duration_seconds_bucket", stage="upload", le="0.05") == 1
    assert _value(registry, "stage_duration_seconds_bucket", stage="upload", le="0.025") == 0


def test_a_page_that_was_not_to_be_had_is_none(registry) -> None:
    WorkerMetrics(registry).record_page(PageItem(TARGET, JOB.id, Outcome.FAILED))
    assert _value(registry, "pages_rendered_total") == 0


def test_a_job_is_held_until_it_ends(observer, registry) -> None:
    observer.job_begun(JOB, 2.0, Priority.NIGHTLY)
    assert _value(registry, "jobs_held") == 1
    assert _value(registry, "job_waiting_seconds_sum", priority="nightly") == 2
    observer.item_scraped(_page(outcome=Outcome.PARTIAL), None)
    assert _value(registry, "jobs_held") == 0
    assert _value(registry, "jobs_ended_total", outcome="partial") == 1
    assert _value(registry, "job_duration_seconds_count") == 1


def test_an_attempt_that_another_follows_is_no_end(observer, registry) -> None:
    observer.job_begun(JOB, 0.0, Priority.INTERACTIVE)
    answer = HtmlResponse(URL, 503)
    observer.item_scraped(PageItem(TARGET, JOB.id, Outcome.FAILED, retry_in=3.0), answer)
    assert _value(registry, "job_retries_total", cause="http_503") == 1
    assert _value(registry, "jobs_ended_total", outcome="failed") == 0
    assert _value(registry, "jobs_held") == 0


def test_what_raises_ends_its_job_once(observer, registry) -> None:
    observer.job_begun(JOB, 0.0, Priority.INTERACTIVE)
    request = Request(URL, cb_kwargs={"job": JOB})
    observer.spider_error(HtmlResponse(URL, request=request))
    observer.item_error(_page())
    assert _value(registry, "jobs_ended_total", outcome="failed") == 1


async def test_what_others_count_is_counted_by_its_rise(observer, registry, guard, stats) -> None:
    guard.bytes_received, guard.refused = 1000, 2
    stats["browser/restarts/memory"] = 1
    await observer.close()
    guard.bytes_received = 1500
    await observer.close()
    assert _value(registry, "egress_received_bytes_total") == 1500
    assert _value(registry, "egress_refused_total") == 2
    assert _value(registry, "browser_restarts_total", reason="memory") == 1
    assert _value(registry, "browser_restarts_total", reason="crash") == 0
    assert _value(registry, "worker_memory_bytes", process="worker") > 2**20


@pytest.mark.parametrize(
    ("response", "cause"),
    [
        (HtmlResponse(URL, 429), "http_429"),
        (HtmlResponse(URL), "browser"),
        (Failure(RenderFailed("Page.goto: net::ERR_CONNECTION_RESET at …")), "network"),
        (Failure(RenderFailed("the browser did not answer")), "browser"),
        (Failure(IgnoreRequest("later")), "other"),
        (None, "other"),
    ],
)
def test_causes_of_retries(response, cause) -> None:
    assert cause_of(response) == cause


def test_priorities_have_names() -> None:
    assert [priority_name(each) for each in (100, 0, 7)] == ["interactive", "nightly", "7"]


def test_a_crawl_of_one_page_does_without_prometheus() -> None:
    imports = "import sys, spiders.sales_page, imagecrawler.jobs.crawl, pipelines.upload; "
    code = f"{imports} sys.exit('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
