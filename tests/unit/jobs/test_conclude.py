from dataclasses import replace
from uuid import uuid4

import pytest

from imagecrawler.budget import Budget
from imagecrawler.items import Outcome, PageItem, PageSnapshot, Reason, Rejection, Target
from imagecrawler.jobs.conclude import concluded, without_page
from imagecrawler.jobs.job import Job
from imagecrawler.jobs.retry import INTERACTIVE, NIGHTLY
from imagecrawler.rendering.verdict import PageVerdict


@pytest.fixture
def job() -> Job:
    return Job(Target("https://shop.example/p", uuid4(), uuid4()), Budget(10))


def _item(job: Job, *reasons: Reason) -> PageItem:
    rejections = tuple(
        Rejection(f"https://shop.example/{n}", each) for n, each in enumerate(reasons)
    )
    return PageItem(job.target, job.id, rejections=rejections)


def test_a_page_without_pictures_has_failed(job: Job) -> None:
    item = concluded(_item(job), job, "")
    assert item.outcome is Outcome.FAILED
    assert "no picture on the page" in item.detail


def test_a_page_all_of_which_was_tried_goes_on(job: Job) -> None:
    item = concluded(_item(job, Reason.UNREACHABLE), job, "")
    assert (item.outcome, item.complete) == (Outcome.SUCCEEDED, True)


def test_a_cut_page_is_partial_and_incomplete(job: Job) -> None:
    item = concluded(_item(job, Reason.UNREACHABLE), job, "the page never came to rest")
    assert (item.outcome, item.complete) == (Outcome.PARTIAL, False)
    assert item.detail == "the page never came to rest"


def test_pictures_that_were_not_tried_make_a_page_partial(job: Job) -> None:
    item = concluded(_item(job, Reason.OVER_BUDGET, Reason.OVER_BUDGET), job, "")
    assert (item.outcome, item.complete) == (Outcome.PARTIAL, False)
    assert item.detail.startswith("2 pictures were not fetched")


def test_each_reason_is_told(job: Job) -> None:
    page = PageSnapshot("https://shop.example/p", "https://shop.example/p", cut=("too many",))
    item = replace(_item(job, Reason.OVER_BUDGET), snapshot=page)
    assert concluded(item, job, "long").detail == "long; too many; 1 pictures were not fetched: "


def test_a_stop_is_the_reason_for_all_that_is_missing(job: Job) -> None:
    job.budget.call_off()
    assert "stopped" in concluded(_item(job, Reason.OVER_BUDGET), job, "cut").detail
    assert "stopped" in without_page(job, _verdict()).detail
    assert without_page(replace(job, retry=NIGHTLY), _verdict()).retry_in is None


def _verdict(*, is_transient: bool = True, retry_after: float | None = None) -> PageVerdict:
    return PageVerdict(Outcome.FAILED, "HTTP 503", is_transient, retry_after)


def test_a_crawl_of_one_page_is_over_when_it_is_over(job: Job) -> None:
    item = without_page(job, _verdict())
    assert (item.outcome, item.detail, item.retry_in) == (Outcome.FAILED, "HTTP 503", None)


def test_a_job_of_the_queue_asks_again(job: Job) -> None:
    item = without_page(replace(job, retry=INTERACTIVE), _verdict())
    assert item.retry_in is not None
    assert item.detail.startswith("HTTP 503; attempt 2 of 3 in ")


def test_what_is_final_is_not_asked_again(job: Job) -> None:
    assert without_page(replace(job, retry=NIGHTLY), _verdict(is_transient=False)).retry_in is None


def test_the_last_attempt_says_how_many_there_were(job: Job) -> None:
    item = without_page(replace(job, retry=INTERACTIVE, attempt=3), _verdict())
    assert (item.detail, item.retry_in) == ("HTTP 503, 3 times", None)


def test_a_pause_longer_than_a_person_waits_is_told(job: Job) -> None:
    item = without_page(replace(job, retry=INTERACTIVE), _verdict(retry_after=3600.0))
    assert item.retry_in is None
    assert item.detail == "HTTP 503; it asks to be left alone for 3600 s"


def test_a_page_that_was_not_asked_for_waits_for_its_turn_however_often(job: Job) -> None:
    verdict = PageVerdict(Outcome.BLOCKED, "not yet", True, 40.0, was_asked=False)
    item = without_page(replace(job, retry=NIGHTLY, attempt=NIGHTLY.attempts), verdict)
    assert (item.retry_in, item.was_asked, item.detail) == (40.0, False, "not yet")
    assert without_page(job, verdict).retry_in is None
