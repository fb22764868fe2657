"""Lanes: how many of a domain's jobs are in the queue, and which come next."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from procrastinate.jobs import Status

from imagecrawler.db.lanes import prune_jobs, release_jobs
from imagecrawler.jobs.queue import JobQueue, Priority

LANES = "SELECT lock FROM procrastinate_jobs WHERE status = 'todo' ORDER BY lock"
WAITING = "SELECT count(*) FROM scrape_jobs WHERE state = 'queued' AND released_at IS NULL"


@pytest.fixture
def submit(database, target):
    """A number of jobs for pages of a domain, ids in their order."""

    async def submit(domain, count=1, priority=Priority.NIGHTLY, slots=2):
        queue, ids = JobQueue(database, slots), []
        for number in range(count):
            page = replace(target, url=f"https://{domain}/p/{number}")
            async with database.session() as db:
                ids.append(str(await queue.submit(db, page, priority=priority)))
        return ids

    return submit


@pytest.fixture
async def manager(queue):
    async with queue.app().open_async() as app:
        yield app.job_manager


@pytest.fixture
async def take(manager):
    worker = await manager.register_worker()

    async def take():
        return await manager.fetch_job(["imagecrawler"], worker_id=worker)

    return take


def _id(job):
    return job.task_kwargs["job_id"]


async def _end(manager, job):
    await manager.finish_job(job, status=Status.SUCCEEDED, delete_job=True)


async def test_each_domain_has_its_lanes(submit, sql):
    await submit("one.example", 3)
    await submit("www.two.example")
    lanes = ["site:one.example#0", "site:one.example#1", "site:two.example#0"]
    assert [lane for (lane,) in sql(LANES)] == lanes
    assert sql(WAITING) == [(1,)]


async def test_no_more_of_a_domain_at_once_than_it_has_slots(submit, database, take, sql):
    await submit("one.example", 5)
    assert [await take() is not None for _ in range(4)] == [True, True, False, False]
    async with database.session() as db:
        assert await release_jobs(db, 2) == 0


async def test_the_next_comes_in_as_one_goes_out_in_their_order(submit, manager, take, sql):
    wanted = await submit("one.example", 4, slots=1)
    taken = []
    while job := await take():
        taken.append(_id(job))
        await _end(manager, job)
    assert taken == wanted
    assert sql("SELECT count(*) FROM procrastinate_jobs") == [(0,)]


async def test_a_person_does_not_wait_for_the_night(submit, manager, take):
    await submit("one.example", 5, slots=1)
    running = await take()
    person = await submit("one.example", 1, Priority.INTERACTIVE, slots=1)
    await _end(manager, running)
    assert _id(await take()) == person[0]


async def test_a_person_passes_who_is_next(submit, take):
    await submit("one.example", 2, slots=1)
    person = await submit("one.example", 1, Priority.INTERACTIVE, slots=1)
    assert _id(await take()) == person[0]


async def test_a_job_that_is_tried_again_keeps_others_out(submit, manager, take):
    await submit("one.example", 2, slots=1)
    job = await take()
    await manager.retry_job(job)
    assert (await take()).id == job.id
    assert await take() is None


async def test_a_time_to_wait_until_is_waited_for(submit, database, take, sql):
    await submit("one.example", 3, slots=1)
    sql("UPDATE scrape_jobs SET not_before = now() + interval '1 h' WHERE released_at IS NULL")
    sql("DELETE FROM procrastinate_jobs")
    async with database.session() as db:
        assert await release_jobs(db, 2) == 0
    sql("UPDATE scrape_jobs SET not_before = now()")
    async with database.session() as db:
        assert await release_jobs(db, 2) == 2


async def test_sweeps_at_once_put_no_job_in_twice(submit, database, sql):
    for number in range(20):
        await submit(f"shop{number}.example", 3, slots=1)

    async def sweep():
        async with database.session() as db:
            return await release_jobs(db, 3)

    released = await asyncio.gather(*(sweep() for _ in range(6)))
    assert sum(released) == 40
    assert sql("SELECT count(*), count(DISTINCT args) FROM procrastinate_jobs") == [(60, 60)]


async def test_a_job_that_comes_as_the_lane_ends_is_not_forgotten(submit, manager, take, sql):
    await submit("one.example", 1, slots=1)

    async def end(job):
        await asyncio.sleep(0.005)
        await _end(manager, job)

    for _ in range(20):
        job = await take()
        await asyncio.gather(submit("one.example", 1, Priority.INTERACTIVE, 1), end(job))
        assert sql("SELECT count(*) FROM procrastinate_jobs") == [(1,)]


async def test_old_jobs_go_but_not_what_a_page_refers_to(submit, database, sql):
    old, named, young, waiting = await submit("one.example", 4)
    ended = "UPDATE scrape_jobs SET state = 'finished', outcome = 'failed', finished_at = now()"
    sql(f"{ended} - interval '40 days' WHERE id IN (%s, %s)", old, named)
    sql(f"{ended} WHERE id = %s", young)
    sql(
        "INSERT INTO sales_pages (campaign_id, user_id, url, job_id) "
        "SELECT campaign_id, user_id, url, id FROM scrape_jobs WHERE id = %s",
        named,
    )
    sql("INSERT INTO job_batches (kind, created_at) VALUES ('file', now() - interval '40 days')")
    async with database.session() as db:
        assert await prune_jobs(db, 30) == 1
        assert await prune_jobs(db, 30) == 0
    left = {str(row[0]) for row in sql("SELECT id FROM scrape_jobs")}
    assert left == {named, young, waiting}
    assert sql("SELECT count(*) FROM job_batches") == [(0,)]
