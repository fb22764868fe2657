"""The ledger as a crawl drives it: by signals, over a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.utils.test import get_crawler
from twisted.python.failure import Failure

from imagecrawler.config import Config
from imagecrawler.db.campaigns import DEMO_CAMPAIGN, Campaign, add_campaign
from imagecrawler.db.database import Database
from imagecrawler.db.extension import DatabaseExtension
from imagecrawler.errors import DatabaseError, UnknownCampaign
from imagecrawler.items import Outcome, PageItem
from imagecrawler.jobs.job import Job, parse_arguments
from imagecrawler.jobs.ledger import JobLedger
from pipelines import persistence
from pipelines.persistence import PersistencePipeline

PAGE = "https://shop.example/p"
JOBS = "SELECT id::text, state, outcome, detail FROM scrape_jobs"


@pytest.fixture
async def crawler(database_url: str) -> AsyncIterator[Crawler]:
    crawler = get_crawler(
        settings_dict={
            "TWISTED_REACTOR_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "EXTENSIONS": {DatabaseExtension: 10},
            "IMAGECRAWLER_CONFIG": Config(database_url=database_url, page_budget=17),
        }
    )
    yield crawler
    await crawler.signals.send_catch_log_async(signals.engine_stopped)


@pytest.fixture
def ledger(crawler: Crawler) -> JobLedger:
    return JobLedger.from_crawler(crawler)


@pytest.fixture
async def campaign(database: Database) -> Campaign:
    async with database.session() as db:
        return await add_campaign(db, "Test")


@pytest.fixture
async def job(ledger: JobLedger, campaign: Campaign) -> Job:
    return await ledger.begin(parse_arguments(PAGE, campaign.id, max_images=7), "scrapyd-1")


async def test_a_job_is_open_while_it_runs(job, ledger, campaign, sql):
    assert (job.target.campaign_id, job.target.user_id) == (campaign.id, campaign.user_id)
    assert (job.target.max_images, job.budget.seconds) == (7, 17)
    assert sql(JOBS) == [(str(job.id), "running", None, "")]
    assert sql("SELECT external_id, url FROM scrape_jobs") == [("scrapyd-1", PAGE)]
    assert ledger.failure is None


async def test_without_a_campaign_it_is_the_demo_s(ledger, sql):
    job = await ledger.begin(parse_arguments(PAGE, job_id=uuid4()), None)
    assert job.target.campaign_id == DEMO_CAMPAIGN
    assert sql(JOBS) == [(str(job.id), "running", None, "")]


async def test_an_error_in_a_pipeline_closes_the_job(job, ledger, crawler, sql):
    await crawler.signals.send_catch_log_async(
        signals.item_error,
        item=PageItem(job.target, job.id),
        failure=Failure(ZeroDivisionError("division by zero")),
    )
    detail = "internal error: division by zero"
    assert sql(JOBS) == [(str(job.id), "finished", "failed", detail)]
    assert str(ledger.failure) == f"{PAGE}: {detail}"


@pytest.mark.parametrize("in_errback", [False, True])
async def test_an_error_in_the_spider_closes_the_job_at_once(job, ledger, crawler, sql, in_errback):
    request = Request(PAGE, cb_kwargs={"job": job})
    failed = Failure(TimeoutError())
    failed.request = request
    crawler.signals.send_catch_log(
        signals.spider_error,
        failure=Failure(ZeroDivisionError("division by zero")),
        response=failed if in_errback else Response(PAGE, request=request),
    )
    # the signal's handlers are not waited for: waits for the row, up to the time-out
    while (rows := sql(JOBS))[0][1] == "running":  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    detail = "internal error: division by zero"
    assert rows == [(str(job.id), "finished", "failed", detail)]
    assert str(ledger.failure) == f"{PAGE}: {detail}"
    await crawler.signals.send_catch_log_async(signals.spider_closed, reason="finished")
    assert sql(JOBS) == rows


async def test_a_job_without_a_result_is_a_bug(job, ledger, crawler, sql):
    await crawler.signals.send_catch_log_async(signals.spider_closed, reason="finished")
    detail = "internal error: the crawl gave no result"
    assert sql(JOBS) == [(str(job.id), "finished", "failed", detail)]


async def test_what_could_not_be_written_is_written_in_the_end(
    job, ledger, crawler, database, sql, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(persistence, "PAUSES", (0.0,))
    before = PageItem(job.target, job.id, outcome=Outcome.BLOCKED, detail="HTTP 403")
    sql("ALTER TABLE scrape_jobs RENAME TO elsewhere")
    item = await PersistencePipeline(database, crawler.signals, timedelta()).process_item(before)
    crawler.signals.send_catch_log(signals.item_scraped, item=item)
    sql("ALTER TABLE elsewhere RENAME TO scrape_jobs")
    assert sql(JOBS) == [(str(job.id), "running", None, "")]
    await crawler.signals.send_catch_log_async(signals.spider_closed, reason="finished")
    assert sql(JOBS) == [(str(job.id), "finished", "blocked", "HTTP 403")]
    assert ledger.failure is None


async def test_a_stopped_crawl_closes_its_jobs(job, ledger, crawler, sql):
    second = await ledger.begin(parse_arguments(PAGE, job.target.campaign_id), None)
    await crawler.signals.send_catch_log_async(signals.spider_closed, reason="shutdown")
    detail = "the crawl was stopped (shutdown); run it again"
    assert sorted(sql(JOBS)) == sorted(
        (str(each.id), "finished", "failed", detail) for each in (job, second)
    )
    assert str(ledger.failure) == f"{PAGE}: {detail}"


async def test_an_item_that_came_through_is_persistence_s_business(job, ledger, crawler, sql):
    crawler.signals.send_catch_log(signals.item_scraped, item=PageItem(job.target, job.id))
    await crawler.signals.send_catch_log_async(signals.spider_closed, reason="finished")
    assert sql(JOBS) == [(str(job.id), "running", None, "")]
    assert ledger.failure is None


async def test_an_unknown_campaign_opens_nothing(ledger, campaign, sql):
    for arguments in (
        parse_arguments(PAGE, uuid4()),
        parse_arguments(PAGE, campaign.id, user_id=uuid4()),
    ):
        with pytest.raises(UnknownCampaign):
            await ledger.begin(arguments, None)
    assert sql(JOBS) == []


async def test_a_database_without_our_tables_opens_nothing(empty_database_url):
    database = Database(empty_database_url)
    with pytest.raises(DatabaseError, match="lacks our tables"):
        await JobLedger(database, Config()).begin(parse_arguments(PAGE), None)
    await database.close()


async def test_a_job_that_cannot_be_closed_is_logged(job, ledger, sql, caplog):
    sql("DELETE FROM campaigns")
    await ledger.spider_closed("shutdown")
    assert f"job {job.id} stays open" in caplog.text
    assert "run it again" in str(ledger.failure)
