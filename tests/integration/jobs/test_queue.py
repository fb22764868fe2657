from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from imagecrawler.db.job_views import count_jobs, get_job
from imagecrawler.errors import BadInput, UnknownCampaign
from imagecrawler.jobs.queue import Priority

WAITING = """
    SELECT args->>'job_id', task_name, priority, queue_name, status FROM procrastinate_jobs
    ORDER BY id
"""


@pytest.fixture
def submit(database, queue):
    async def submit(target, key=None, priority=Priority.INTERACTIVE):
        async with database.session() as db:
            return await queue.submit(db, target, priority=priority, idempotency_key=key)

    return submit


async def test_a_submitted_job_waits(database, submit, target, sql):
    job_id = await submit(target)
    async with database.session() as db:
        job = await get_job(db, job_id)
    assert (job.state, job.url, job.campaign_id) == ("queued", target.url, target.campaign_id)
    assert job.started_at is job.outcome is job.result is None
    assert sql(WAITING) == [
        (str(job_id), "imagecrawler.scrape", 100, "imagecrawler", "todo"),
    ]


async def test_a_rolled_back_submit_leaves_nothing(database, queue, target, sql):
    async with database.session() as db:
        await queue.submit(db, target, priority=Priority.INTERACTIVE)
        await db.rollback()
    assert sql(WAITING) == []
    assert sql("SELECT count(*) FROM scrape_jobs") == [(0,)]


async def test_a_job_of_a_deleted_campaign_leaves_nothing(submit, target, sql):
    with pytest.raises(UnknownCampaign):
        await submit(replace(target, campaign_id=uuid4()))
    assert sql(WAITING) == []


async def test_a_person_comes_before_the_night(database, queue, submit, target):
    night = await submit(target, priority=Priority.NIGHTLY)
    person = await submit(target)
    async with queue.app().open_async() as app:
        worker = await app.job_manager.register_worker()
        taken = [await app.job_manager.fetch_job(None, worker_id=worker) for _ in range(2)]
    assert [job.task_kwargs["job_id"] for job in taken] == [str(person), str(night)]


async def test_the_same_key_again_is_the_same_job(submit, target, sql):
    first = await submit(target, "key")
    assert await submit(target, "key") == first
    assert await submit(target) != first
    assert len(sql(WAITING)) == 2


async def test_the_same_key_at_once_is_one_job(submit, target, sql):
    assert len(set(await asyncio.gather(*(submit(target, "key") for _ in range(8))))) == 1
    assert len(sql(WAITING)) == 1


@pytest.mark.parametrize("change", [{"url": "https://shop.example/p/2"}, {"max_images": 3}])
async def test_a_key_stands_for_one_request(submit, target, change):
    await submit(target, "key")
    with pytest.raises(BadInput, match="'key': already given"):
        await submit(replace(target, **change), "key")


async def test_jobs_are_counted_by_owner_time_and_state(database, submit, target, sql):
    for _ in range(3):
        await submit(target)
    sql(
        "UPDATE scrape_jobs SET created_at = now() - interval '2 h' WHERE id = %s",
        await submit(target),
    )
    since = datetime.now(UTC) - timedelta(hours=1)
    async with database.session() as db:
        assert await count_jobs(db, target.user_id) == 4
        assert await count_jobs(db, target.user_id, since=since) == 3
        assert await count_jobs(db, target.user_id, states=("running",)) == 0
        assert await count_jobs(db, target.user_id, since=since, states=("queued", "running")) == 3
        assert await count_jobs(db, uuid4()) == 0


async def test_another_owner_s_job_is_not_there(database, submit, target):
    job_id = await submit(target)
    async with database.session() as db:
        assert await get_job(db, job_id, uuid4()) is None
        assert (await get_job(db, job_id, target.user_id)).id == job_id


async def test_a_fetch_sorts_nothing_before_statistics_are_taken(queue, sql):
    sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock) "
        "SELECT 'imagecrawler', 'imagecrawler.scrape', 'site:' || n FROM generate_series(1, 3000) n"
    )
    plan = (
        "EXPLAIN SELECT * FROM procrastinate_jobs WHERE status = 'todo' "
        "AND queue_name = ANY('{imagecrawler}') ORDER BY priority DESC, id LIMIT 1"
    )
    async with queue.app().open_async() as app:
        rows = await app.connector.execute_query_all_async(plan)
    text = str(rows)
    assert "procrastinate_jobs_priority_idx_v1" in text
    assert "Sort" not in text
