from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from imagecrawler.db.job_views import get_job
from imagecrawler.db.jobs import open_job
from imagecrawler.jobs.queue import Priority
from imagecrawler.jobs.recovery import LOST_SECONDS, end_lost_jobs, recover_jobs

AGE = f"UPDATE scrape_jobs SET started_at = now() - interval '{LOST_SECONDS + 1} seconds'"
HEARTBEAT = "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 min'"


@pytest.fixture
async def manager(queue):
    async with queue.app().open_async() as app:
        yield app.job_manager


@pytest.fixture
async def taken(database, queue, manager, target):
    """A job that a worker has taken and begun."""
    async with database.session() as db:
        job_id = await queue.submit(db, target, priority=Priority.INTERACTIVE)
    await manager.fetch_job(None, worker_id=await manager.register_worker())
    async with database.session() as db:
        await open_job(db, target, job_id)
    return job_id


async def test_a_living_worker_keeps_its_jobs(database, manager, taken, sql):
    assert await recover_jobs(database, manager, 30) == 0
    assert sql("SELECT status FROM procrastinate_jobs") == [("doing",)]


async def test_a_dead_worker_s_job_waits_again(database, manager, taken, sql):
    sql(HEARTBEAT)
    assert await recover_jobs(database, manager, 30) == 1
    assert sql("SELECT status, attempts FROM procrastinate_jobs") == [("todo", 1)]
    async with database.session() as db:
        job = await get_job(db, taken)
    assert (job.state, job.started_at) == ("queued", None)


async def test_a_job_is_put_back_once(database, manager, taken, sql):
    sql(HEARTBEAT)
    found = await asyncio.gather(*(recover_jobs(database, manager, 30) for _ in range(5)))
    assert sum(found) == 1
    assert sql("SELECT attempts FROM procrastinate_jobs") == [(1,)]


async def test_a_job_of_the_queue_is_not_lost(database, taken, sql):
    sql(AGE)
    assert await end_lost_jobs(database) == 0
    assert sql("SELECT state FROM scrape_jobs") == [("running",)]


async def test_a_killed_crawl_s_job_has_failed_in_the_end(database, target, sql):
    async with database.session() as db:
        await open_job(db, target, uuid4())
    assert await end_lost_jobs(database) == 0
    sql(AGE)
    assert await end_lost_jobs(database) == 1
    detail = "its process ended before the crawl did; run it again"
    assert sql("SELECT state, outcome, detail FROM scrape_jobs") == [("finished", "failed", detail)]
    assert await end_lost_jobs(database) == 0


async def test_a_lost_job_is_ended_once(database, target, sql):
    async with database.session() as db:
        await open_job(db, target, uuid4())
    sql(AGE)
    assert sum(await asyncio.gather(*(end_lost_jobs(database) for _ in range(5)))) == 1
