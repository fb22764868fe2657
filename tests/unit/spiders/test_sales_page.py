from uuid import uuid4

import pytest

from imagecrawler.budget import Budget
from imagecrawler.errors import BadTarget, BrowserLost, RenderFailed
from imagecrawler.items import Target
from imagecrawler.jobs.attempt import Attempt
from imagecrawler.jobs.job import Job
from spiders.sales_page import MAX_LOSSES, SalesPageSpider

URL = "https://shop.example/p"


def test_one_page_needs_its_address() -> None:
    assert not SalesPageSpider(url="https://shop.example/p").stands
    with pytest.raises(BadTarget, match="url: missing"):
        SalesPageSpider()


def test_a_standing_worker_takes_no_page_of_its_own() -> None:
    assert SalesPageSpider(queue="1").stands
    with pytest.raises(BadTarget, match="not with queue=1"):
        SalesPageSpider(queue="1", url="https://shop.example/p")


def test_a_crawl_may_be_incremental() -> None:
    assert SalesPageSpider(url="https://shop.example/p", incremental="1").arguments.incremental
    assert not SalesPageSpider(url="https://shop.example/p").arguments.incremental
    with pytest.raises(BadTarget, match="incremental: 'yes' is neither 1 nor 0"):
        SalesPageSpider(url="https://shop.example/p", incremental="yes")


@pytest.fixture
def spider() -> SalesPageSpider:
    return SalesPageSpider(url=URL)


@pytest.fixture
def job() -> Job:
    return Job(Target(URL, uuid4(), uuid4()), Budget(30), uuid4(), None)


def test_a_page_whose_browser_died_is_asked_for_twice_more(
    spider: SalesPageSpider, job: Job
) -> None:
    request = spider._request(Attempt(job, True))
    contexts = {request.meta["playwright_context"]}
    for _ in range(MAX_LOSSES):
        request = spider._after_loss(request.cb_kwargs["attempt"], BrowserLost("it died"))
        contexts.add(request.meta["playwright_context"])
        assert request.cb_kwargs["attempt"].load_images
        assert request.meta["budget"] is job.budget
    assert len(contexts) == 1 + MAX_LOSSES
    assert spider._after_loss(request.cb_kwargs["attempt"], BrowserLost("it died")) is None


def test_only_a_death_is_worth_another_attempt(spider: SalesPageSpider, job: Job) -> None:
    assert spider._after_loss(Attempt(job, False), RenderFailed("a script never ends")) is None


def test_a_stopped_job_asks_for_nothing(spider: SalesPageSpider, job: Job) -> None:
    job.budget.call_off()
    assert spider._after_loss(Attempt(job, False), BrowserLost("it died")) is None
