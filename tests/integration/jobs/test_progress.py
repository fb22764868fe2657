from __future__ import annotations

import asyncio
from uuid import uuid4

from sqlalchemy import select

from imagecrawler.db.job_models import ScrapeJob
from imagecrawler.db.job_views import get_job
from imagecrawler.db.jobs import open_job
from imagecrawler.jobs.events import JobEvents
from imagecrawler.jobs.progress import ProgressReporter


async def test_a_burst_is_a_few_events_and_ends_with_the_last_count(database, target):
    job_id = uuid4()
    async with database.session() as db:
        await open_job(db, target, job_id)
    events, reporter = JobEvents(database), ProgressReporter(database)
    await events.open()
    counts = []
    async with events.subscribe(job_id) as stream, asyncio.timeout(20):
        for count in range(1, 1001):
            reporter.report(job_id, "downloaded", count, 1000)
            if count % 100 == 0:
                await asyncio.sleep(0)
        async for event in stream:
            counts.append(event.count)
            if event.count == 1000:
                break
    await reporter.close()
    await events.close()
    assert len(counts) <= 3
    async with database.session() as db:
        assert (await get_job(db, job_id)).progress == {
            "downloaded": {"count": 1000, "total": 1000}
        }


async def test_jobs_and_stages_do_not_hide_each_other(database, target):
    jobs = [uuid4() for _ in range(3)]
    async with database.session() as db:
        for job_id in jobs:
            await open_job(db, target, job_id)
    reporter = ProgressReporter(database)
    for number, job_id in enumerate(jobs):
        reporter.report(job_id, "rendered", 1, None)
        reporter.report(job_id, "found", number, None)
    await reporter.close()
    async with database.session() as db:
        written = [(await get_job(db, job_id)).progress for job_id in jobs]
    assert written == [
        {"rendered": {"count": 1, "total": None}, "found": {"count": number, "total": None}}
        for number in range(3)
    ]


async def test_a_job_that_somebody_else_writes_holds_up_no_other(database, target):
    held, free = uuid4(), uuid4()
    async with database.session() as db:
        for job_id in (held, free):
            await open_job(db, target, job_id)

    async def progress(job_id):
        async with database.session() as db:
            return (await get_job(db, job_id)).progress

    reporter = ProgressReporter(database)
    written = {"found": {"count": 3, "total": None}}
    async with asyncio.timeout(10):
        async with database.session() as other:
            await other.execute(select(ScrapeJob.id).where(ScrapeJob.id == held).with_for_update())
            for job_id in (held, free):
                reporter.report(job_id, "found", 3, None)
            while await progress(free) != written:
                pass
            assert await progress(held) == {}
        await reporter.close()
    assert await progress(held) == written
