"""Following a job: by its events, and by a look at its row now and then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from typing import Final
from uuid import UUID

from imagecrawler.api.services import Services
from imagecrawler.db.job_views import JobView, get_job
from imagecrawler.errors import UnknownCampaign
from imagecrawler.jobs.events import JobEvent

FINISHED: Final = "finished"

LOOK_SECONDS: Final = 2.0
"""Between two looks at a job's row where no event comes: an event may have been lost."""


async def read_job(services: Services, job_id: UUID) -> JobView:
    """The job as it stands. Raises UnknownCampaign when its campaign was deleted meanwhile."""
    async with services.session() as db:
        job = await get_job(db, job_id)
    if job is None:
        raise UnknownCampaign(f"job {job_id}: deleted with its campaign")
    return job


async def wait_for_end(services: Services, job_id: UUID, seconds: float) -> JobView:
    """The job once it is finished, or as it stands after ``seconds``."""
    if seconds > 0:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await _end(services, job_id)
    return await read_job(services, job_id)


async def _end(services: Services, job_id: UUID) -> JobView:
    async with aclosing(follow(services, job_id)) as news:
        async for each in news:
            if isinstance(each, JobView) and each.state == FINISHED:
                return each
    return await read_job(services, job_id)


async def follow(services: Services, job_id: UUID) -> AsyncGenerator[JobView | JobEvent, None]:
    """The job as it stands, then its events, and at the end the finished job.

    Looks at the row again when an event says "finished" or none has come for LOOK_SECONDS.
    No connection is held in between. Raises UnknownCampaign as read_job does.
    """
    async with services.events.subscribe(job_id) as events:
        job = await read_job(services, job_id)
        yield job
        async with aclosing(_with_pauses(events)) as news:
            while job.state != FINISHED:
                event = await anext(news)
                if event is None or event.stage == FINISHED:
                    job = await read_job(services, job_id)
                else:
                    yield event
        yield job


async def _with_pauses(events: AsyncIterator[JobEvent]) -> AsyncGenerator[JobEvent | None, None]:
    """The events, and None whenever there was none for LOOK_SECONDS."""
    coming = asyncio.ensure_future(anext(events))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=LOOK_SECONDS)
            yield coming.result() if done else None
            if done:
                coming = asyncio.ensure_future(anext(events))
    finally:
        coming.cancel()
