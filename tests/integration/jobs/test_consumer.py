from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import text
from twisted.python.failure import Failure

from imagecrawler.budget import Budget
from imagecrawler.config import Config
from imagecrawler.db.job_views import get_job
from imagecrawler.db.lanes import conclude_job
from imagecrawler.db.sites import hold_site
from imagecrawler.items import Outcome, PageItem
from imagecrawler.jobs.consumer import Consumer
from imagecrawler.jobs.job import Job
from imagecrawler.jobs.ledger import JobLedger
from imagecrawler.jobs.queue import JobQueue, Priority
from imagecrawler.jobs.scraping import MAX_ATTEMPTS
from imagecrawler.jobs.upkeep import Upkeep
from imagecrawler.rendering.verdict import PageVerdict
from imagecrawler.storage import open_store

QUEUED = "SELECT status, attempts FROM procrastinate_jobs WHERE task_name = 'imagecrawler.scrape'"
HEARTBEAT = "SELECT extract(epoch FROM last_heartbeat)::float FROM procrastinate_workers"
AGAIN = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, args)
    VALUES ('imagecrawler', 'imagecrawler.scrape', jsonb_build_object('job_id', %s::text))
"""


@pytest.fixture
def ledger(database):
    return JobLedger(database, Config())


@asynccontextmanager
async def _consuming(database, ledger):
    upkeep = Upkeep(database, open_store(Config()), Config(domain_slots=1), lambda: None)
    consumer = Consumer(database, ledger, upkeep, concurrency=2, silence=1.0)
    running = asyncio.create_task(consumer.run())
    yield consumer
    consumer.abandon()
    await running


@pytest.fixture
async def consumer(database, ledger):
    """A consumer at work, in the place of the spider the test itself."""
    async with _consuming(database, ledger) as consumer:
        yield consumer


@pytest.fixture
def submit(database, queue, target):
    async def submit(url=target.url):
        async with database.session() as db:
            job = replace(target, url=url)
            return await queue.submit(db, job, priority=Priority.INTERACTIVE)

    return submit


async def _next(consumer):
    async with asyncio.timeout(20):
        return await consumer.ready.get()


async def test_a_rendered_page_makes_room_for_the_next(consumer, ledger, submit, sql, eventually):
    for shop in ("a", "b", "c", "d"):
        await submit(f"https://{shop}.example/")
    first, second = await _next(consumer), await _next(consumer)
    await asyncio.sleep(0.5)
    assert consumer.ready.empty()

    consumer.page_moves_on(first.id, "rendered")
    consumer.page_moves_on(first.id, "found")
    third = await _next(consumer)
    consumer.page_moves_on(second.id, "rendered")
    await asyncio.sleep(0.5)
    # half as many again as are rendered at once, and no more
    assert consumer.ready.empty()

    ledger.release(first)
    fourth = await _next(consumer)
    for job in (second, third, fourth):
        ledger.release(job)
    await eventually(lambda: sql(QUEUED) == [])


async def test_a_job_leaves_the_queue_when_its_item_left_the_pipelines(
    consumer, ledger, submit, target, sql, eventually
):
    job_id = await submit()
    job = await _next(consumer)
    assert (job.id, job.target) == (job_id, target)
    assert sql(QUEUED) == [("doing", 0)]
    assert sql("SELECT state FROM scrape_jobs") == [("running",)]
    ledger.item_scraped(PageItem(target, job_id))
    await eventually(lambda: sql(QUEUED) == [])


async def test_no_more_jobs_at_once_than_asked_for(
    consumer, ledger, submit, target, sql, eventually
):
    for _ in range(3):
        await submit()
    first, second = await _next(consumer), await _next(consumer)
    assert sorted(sql(QUEUED)) == [("doing", 0), ("doing", 0)]
    assert sql("SELECT state FROM scrape_jobs WHERE released_at IS NULL") == [("queued",)]
    assert consumer.ready.empty()
    ledger.item_scraped(PageItem(target, first.id))
    third = await _next(consumer)
    assert third.id not in (first.id, second.id)


async def test_the_spider_s_own_error_ends_the_job(
    consumer, ledger, database, submit, sql, eventually
):
    job_id = await submit()
    job = await _next(consumer)
    request = SimpleNamespace(cb_kwargs={"job": job})
    ledger.spider_error(Failure(RuntimeError("a bug")), SimpleNamespace(request=request))
    await eventually(lambda: sql(QUEUED) == [])
    async with database.session() as db:
        ended = await get_job(db, job_id)
    assert (ended.outcome, ended.detail) == ("failed", "internal error: a bug")
    assert ended.result["status"] == "failed"


async def test_what_is_held_is_put_back(consumer, submit, sql, eventually):
    await submit()
    await _next(consumer)
    consumer.abandon()
    assert await _next(consumer) is None
    assert sql(QUEUED) == [("todo", 1)]
    assert sql("SELECT state FROM scrape_jobs") == [("queued",)]


async def test_a_stopped_one_finishes_what_it_holds_with_a_heartbeat(
    consumer, ledger, submit, target, sql, eventually
):
    job_id = await submit()
    await _next(consumer)
    consumer.stop()
    [(before,)] = sql(HEARTBEAT)
    await eventually(lambda: sql(HEARTBEAT)[0][0] > before + 0.5)
    assert sql(QUEUED) == [("doing", 0)]
    ledger.item_scraped(PageItem(target, job_id))
    assert await _next(consumer) is None
    assert sql(QUEUED) == []
    assert sql(HEARTBEAT) == []


async def test_a_finished_job_is_not_run_again(consumer, submit, sql, eventually, target, ledger):
    job_id = await submit()
    await _next(consumer)
    ledger.item_scraped(PageItem(target, job_id))
    await eventually(lambda: sql(QUEUED) == [])
    sql(
        "UPDATE scrape_jobs SET state = 'finished', outcome = 'succeeded', finished_at = now() "
        "WHERE id = %s",
        job_id,
    )
    sql(AGAIN, job_id)
    await eventually(lambda: sql(QUEUED) == [])
    assert consumer.ready.empty()


async def test_a_page_that_takes_its_workers_with_it_is_given_up(
    consumer, database, queue, target, sql, eventually
):
    async with database.session() as db:
        job_id = await queue.submit(db, target, priority=Priority.INTERACTIVE)
        await db.execute(text(f"UPDATE scrape_jobs SET attempts = {MAX_ATTEMPTS}"))
    await eventually(lambda: sql(QUEUED) == [])
    async with database.session() as db:
        job = await get_job(db, job_id)
    assert (job.outcome, job.detail) == (
        "failed",
        f"given up: {MAX_ATTEMPTS} attempts came to no end",
    )
    assert consumer.ready.empty()


async def test_a_job_whose_campaign_was_deleted_goes(consumer, sql, eventually):
    sql(AGAIN, uuid4())
    await eventually(lambda: sql(QUEUED) == [])
    assert consumer.ready.empty()


async def test_each_of_many_jobs_goes_to_one_of_several_workers(database, submit, target):
    jobs = [await submit() for _ in range(30)]
    taken = []

    async def work():
        ledger = JobLedger(database, Config())
        async with _consuming(database, ledger) as consumer:
            while len(taken) < len(jobs):
                with suppress(TimeoutError):
                    job = await asyncio.wait_for(consumer.ready.get(), 0.2)
                    taken.append(job.id)
                    ledger.item_scraped(PageItem(target, job.id))

    async with asyncio.timeout(60):
        await asyncio.gather(work(), work(), work())
    assert sorted(taken) == sorted(jobs)


async def test_a_page_that_may_come_back_keeps_its_lane(
    consumer, ledger, database, submit, target, sql, eventually
):
    job_id = await submit()
    await _next(consumer)
    item = PageItem(target, job_id, detail="HTTP 503; attempt 2 of 3 in 0 s", retry_in=0.3)
    async with database.session() as db:
        await conclude_job(db, item)
    ledger.item_scraped(item)
    again = await _next(consumer)
    assert (again.id, again.attempt) == (job_id, 2)
    assert sql(QUEUED) == [("doing", 1)]


async def test_a_long_wait_leaves_the_lane_to_the_next(
    consumer, ledger, database, target, sql, eventually
):
    waiting, others = await _nightly(database, target, 1), await _nightly(database, target, 2)
    job = await _next(consumer)
    assert job.id == waiting[0]
    item = PageItem(target, job.id, detail="HTTP 503", retry_in=3600.0)
    async with database.session() as db:
        await conclude_job(db, item)
    ledger.item_scraped(item)
    for expected in others:
        following = await _next(consumer)
        assert following.id == expected
        ledger.item_scraped(PageItem(target, following.id))
    [(state, attempts, released)] = sql(
        "SELECT state, attempts, released_at FROM scrape_jobs WHERE not_before > now() + "
        "interval '50 min'"
    )
    assert (state, attempts, released) == ("queued", 1, None)


async def test_a_site_that_is_on_hold_is_not_asked(consumer, ledger, database, submit, target, sql):
    async with database.session() as db:
        await hold_site(db, "shop.example", 7.0)
    await submit()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(consumer.ready.get(), 1.0)
    sql("UPDATE sites SET next_start = now()")
    assert (await _next(consumer)).attempt == 1


async def test_a_person_is_told_of_a_long_hold(consumer, database, submit, sql, eventually):
    async with database.session() as db:
        await hold_site(db, "shop.example", 3600.0)
    job_id = await submit()
    await eventually(lambda: sql(QUEUED) == [])
    async with database.session() as db:
        job = await get_job(db, job_id)
    assert job.outcome == "blocked"
    assert job.detail.startswith("the site asks to be left alone for 3")


async def test_a_pause_that_a_site_asks_for_is_everybody_s(ledger, database, submit, target, sql):
    job = Job(target, Budget(10))
    await ledger.heed(job, PageVerdict(Outcome.BLOCKED, "HTTP 429", True, 90.0))
    await ledger.heed(job, PageVerdict(Outcome.BLOCKED, "HTTP 429", True, 30.0))
    [(domain, seconds)] = sql("SELECT domain, extract(epoch FROM next_start - now()) FROM sites")
    assert (domain, round(float(seconds), -1)) == ("shop.example", 90)


async def _nightly(database, target, count):
    async with database.session() as db:
        queue = JobQueue(database, 1)
        return [await queue.submit(db, target, priority=Priority.NIGHTLY) for _ in range(count)]
