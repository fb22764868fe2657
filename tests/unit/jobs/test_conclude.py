from uuid import uuid4

import pytest

from imagecrawler.budget import Budget
from imagecrawler.items import Outcome, PageItem, Reason, Rejection, Target
from imagecrawler.jobs.conclude import concluded, without_page
from imagecrawler.jobs.job import Job


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


def test_a_stop_is_the_reason_for_all_that_is_missing(job: Job) -> None:
    job.budget.call_off()
    assert "stopped" in concluded(_item(job, Reason.OVER_BUDGET), job, "cut").detail
    assert "stopped" in without_page(job, Outcome.FAILED, "timed out").detail
