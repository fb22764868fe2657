from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from imagecrawler.db.job_views import get_job
from imagecrawler.db.jobs import finish_job, note_progress, open_job, requeue_job
from imagecrawler.items import Outcome, PageItem
from imagecrawler.jobs.events import JobEvent, JobEvents, notify, standing

SECONDS = 20
CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE 'LISTEN%%'
"""


@pytest.fixture
async def events(database):
    events = JobEvents(database)
    await events.open()
    yield events
    await events.close()


async def _until(stream, stage):
    seen = []
    async with asyncio.timeout(SECONDS):
        async for event in stream:
            seen.append(event)
            if event.stage == stage:
                return seen
    return seen


async def test_a_job_is_followed_from_start_to_end(database, events, target):
    job_id = uuid4()
    async with events.subscribe(job_id) as stream:
        async with database.session() as db:
            await open_job(db, target, job_id)
        async with database.session() as db:
            await note_progress(db, [JobEvent(job_id, "downloaded", 3, 8)])
        async with database.session() as db:
            await finish_job(db, PageItem(target, job_id, outcome=Outcome.FAILED, detail="no"))
        seen = await _until(stream, "finished")
    assert seen == [
        JobEvent(job_id, "started"),
        JobEvent(job_id, "downloaded", 3, 8),
        JobEvent(job_id, "finished", 0, 0),
    ]


async def test_nothing_is_told_before_the_commit(database, events, target):
    job_id = uuid4()
    async with events.subscribe(job_id) as stream:
        async with database.session() as db:
            await notify(db, JobEvent(job_id, "rendered", 1))
            await db.rollback()
        async with database.session() as db:
            await notify(db, JobEvent(job_id, "found", 2))
        assert [event.stage for event in await _until(stream, "found")] == ["found"]


async def test_subscribers_hear_of_their_own_job(database, events):
    first, second = uuid4(), uuid4()
    async with events.subscribe(first) as one, events.subscribe(second) as two:
        async with database.session() as db:
            for job_id in (second, first):
                await notify(db, JobEvent(job_id, "rendered", 1))
        assert [event.job_id for event in await _until(one, "rendered")] == [first]
        assert [event.job_id for event in await _until(two, "rendered")] == [second]


async def test_two_subscribers_of_a_job_hear_the_same(database, events):
    job_id = uuid4()
    async with events.subscribe(job_id) as one, events.subscribe(job_id) as two:
        async with database.session() as db:
            await notify(db, JobEvent(job_id, "rendered", 1))
        assert await _until(one, "rendered") == await _until(two, "rendered")


async def test_what_happens_while_the_connection_is_lost_is_heard(database, events, target, sql):
    job_id = uuid4()
    async with events.subscribe(job_id) as stream:
        assert sql(CUT) == [(True,)]
        async with database.session() as db:
            await open_job(db, target, job_id)
            await finish_job(db, PageItem(target, job_id, outcome=Outcome.FAILED, detail="no"))
        seen = await _until(stream, "finished")
    assert {event.stage for event in seen} == {"started", "finished"}


async def test_a_stranger_on_the_channel_harms_nobody(database, events, sql):
    job_id = uuid4()
    async with events.subscribe(job_id) as stream:
        for payload in ("", "nonsense", "[]", '["x", "y", 1, 2]', "{}"):
            sql("SELECT pg_notify('imagecrawler_jobs', %s)", payload)
        async with database.session() as db:
            await notify(db, JobEvent(job_id, "rendered", 1))
        assert len(await _until(stream, "rendered")) == 1


async def test_progress_after_the_end_is_written_but_not_told(database, events, target):
    job_id = uuid4()
    async with database.session() as db:
        await finish_job(db, PageItem(target, job_id))
    async with events.subscribe(job_id) as stream:
        async with database.session() as db:
            await note_progress(db, [JobEvent(job_id, "stored", 4, 4)])
            await notify(db, JobEvent(job_id, "finished"))
        assert [event.stage for event in await _until(stream, "finished")] == ["finished"]
    async with database.session() as db:
        job = await get_job(db, job_id)
    assert job.progress == {"stored": {"count": 4, "total": 4}}
    assert [event.stage for event in standing(job)] == ["started", "stored", "finished"]


async def test_a_job_that_is_put_back_begins_anew(database, target):
    job_id = uuid4()
    async with database.session() as db:
        await open_job(db, target, job_id)
        await note_progress(db, [JobEvent(job_id, "found", 4)])
        await requeue_job(db, job_id)
    async with database.session() as db:
        job = await get_job(db, job_id)
    assert standing(job) == [JobEvent(job_id, "queued")]


async def test_a_finished_job_is_not_put_back(database, target):
    job_id = uuid4()
    async with database.session() as db:
        await finish_job(db, PageItem(target, job_id))
        await requeue_job(db, job_id)
        assert (await get_job(db, job_id)).state == "finished"
