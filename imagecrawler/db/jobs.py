"""Jobs: one row for every crawl of a page, from its start to its outcome."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.db.models import ScrapeJob
from imagecrawler.db.text import storable
from imagecrawler.errors import BadInput
from imagecrawler.items import PageItem, Rejection, Target


async def open_job(
    db: AsyncSession, target: Target, job_id: UUID, external_id: str | None = None
) -> None:
    """Note that the job runs; one that was cut off and is delivered again starts anew.

    Raises BadInput when the id is a finished job's or another campaign's, UnknownCampaign on
    commit when the campaign is gone.
    """
    start = {
        "state": "running",
        "outcome": None,
        "external_id": external_id,
        "started_at": func.now(),
        "finished_at": None,
    }
    unfinished = (ScrapeJob.state == "running") & (ScrapeJob.campaign_id == target.campaign_id)
    if not await _upsert(db, target, job_id, start, where=unfinished):
        raise BadInput(f"job_id: {job_id} is another job's; leave it out, or give a new UUID")


async def finish_job(db: AsyncSession, item: PageItem) -> None:
    """Write the outcome, the counts, every rejection and the timings of the item's job."""
    saved, skipped = len(item.stored), len(item.rejections)
    end = {
        "state": "finished",
        "outcome": item.outcome.value,
        "detail": storable(item.detail),
        "images_found": saved + skipped,
        "images_saved": saved,
        "images_skipped": skipped,
        "rejections": [_rejection(each) for each in item.rejections],
        "timings": storable(item.timings),
        "finished_at": func.now(),
    }
    await _upsert(db, item.target, item.job_id, end)


async def _upsert(
    db: AsyncSession,
    target: Target,
    job_id: UUID,
    state: dict[str, Any],
    where: ColumnElement[bool] | None = None,
) -> bool:
    """Whether the row was written; ``where`` says which existing one may be."""
    row = {
        "id": job_id,
        "campaign_id": target.campaign_id,
        "user_id": target.user_id,
        "url": storable(target.url),
        "max_images": target.max_images,
    }
    statement = insert(ScrapeJob).values(row | state)
    statement = statement.on_conflict_do_update(index_elements=["id"], set_=state, where=where)
    return await db.scalar(statement.returning(ScrapeJob.id)) is not None


def _rejection(rejection: Rejection) -> dict[str, str | None]:
    fields = {
        "original_url": rejection.url,
        "reason": rejection.reason.value,
        "detail": rejection.detail,
        "duplicate_of": rejection.duplicate_of,
    }
    known: dict[str, str | None] = storable(fields)
    return known
