"""Jobs as they are looked up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.db.job_models import ScrapeJob


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as it stands. ``state`` is queued, running or finished.

    ``progress`` has {"count", "total"} by stage, ``result`` the API's answer once it is known,
    ``changes`` what ``db/changes.py`` makes of a page that was crawled before.
    One that waits to be tried again does so until ``not_before``; ``attempts`` have begun.
    """

    id: UUID
    campaign_id: UUID
    user_id: UUID
    url: str
    max_images: int
    state: str
    outcome: str | None
    detail: str
    images_found: int
    images_saved: int
    images_skipped: int
    rejections: list[dict[str, Any]]
    timings: dict[str, Any]
    progress: dict[str, Any]
    result: dict[str, Any] | None
    changes: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    not_before: datetime | None
    domain: str
    priority: int
    attempts: int
    incremental: bool


async def get_job(db: AsyncSession, job_id: UUID, user_id: UUID | None = None) -> JobView | None:
    """The job, of ``user_id`` where one is given; None when there is none."""
    columns = [getattr(ScrapeJob, each.name) for each in fields(JobView)]
    query = select(*columns).where(ScrapeJob.id == job_id)
    if user_id is not None:
        query = query.where(ScrapeJob.user_id == user_id)
    row = (await db.execute(query)).one_or_none()
    return JobView(*row) if row else None


async def count_jobs(
    db: AsyncSession,
    user_id: UUID,
    *,
    since: datetime | None = None,
    states: Sequence[str] | None = None,
) -> int:
    """The user's jobs, those made from ``since`` on and in one of ``states`` where given."""
    query = select(func.count()).select_from(ScrapeJob).where(ScrapeJob.user_id == user_id)
    if since is not None:
        query = query.where(ScrapeJob.created_at >= since)
    if states is not None:
        query = query.where(ScrapeJob.state.in_(states))
    return await db.scalar(query) or 0
