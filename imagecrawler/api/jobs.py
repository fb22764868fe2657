"""``…/jobs``: how a job stands, once or as it moves on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException

from imagecrawler.api.auth import CurrentUser
from imagecrawler.api.following import follow
from imagecrawler.api.openapi import problems
from imagecrawler.api.schemas import PREFIX, JobState
from imagecrawler.api.services import Serving
from imagecrawler.db.job_views import JobView, get_job
from imagecrawler.errors import UnknownCampaign
from imagecrawler.jobs.events import JobEvent

router = APIRouter(prefix=f"{PREFIX}/jobs", tags=["jobs"])


async def _own_job(job_id: UUID, user_id: CurrentUser, services: Serving) -> JobView:
    async with services.session() as db:
        job = await get_job(db, job_id, user_id)
    if job is None:
        raise HTTPException(404, "There is no such job.")
    return job


OwnJob = Annotated[JobView, Depends(_own_job)]


@router.get("/{job_id}", response_model=JobState, responses=problems(404))
async def read_job(job: OwnJob) -> JobView:
    """State, counts, outcome and, at the end, the result."""
    return job


@router.get("/{job_id}/events", response_class=EventSourceResponse, responses=problems(404))
async def follow_job(job: OwnJob, services: Serving) -> AsyncIterator[ServerSentEvent]:
    """The job as server-sent events, until it is finished.

    First `state` with the job as `GET …/jobs/{job_id}` has it, then a `stage` for each step
    with its `count` and `total`, and `finished` with the job as the last.
    """
    names = iter(("state", "finished"))
    # A job that is deleted with its campaign has no last event.
    with suppress(UnknownCampaign):
        async with aclosing(follow(services, job.id)) as news:
            async for each in news:
                if isinstance(each, JobEvent):
                    yield ServerSentEvent(event="stage", data=asdict(each))
                else:
                    yield ServerSentEvent(event=next(names), data=JobState.model_validate(each))
