"""How much one user may ask for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException

from imagecrawler.config import Config
from imagecrawler.db.job_models import ScrapeJob
from imagecrawler.db.job_views import count_jobs

HOUR: Final = timedelta(hours=1)

UNFINISHED: Final = ("queued", "running")

BUSY_SECONDS: Final = 5
"""When to ask again while jobs run: about what a page takes."""


async def lock_quota(db: AsyncSession, user_id: UUID) -> None:
    """One request of a user at a time until the transaction ends, or two would both be the last."""
    key = func.hashtextextended(f"imagecrawler:quota:{user_id}", 0)
    await db.execute(select(func.pg_advisory_xact_lock(key)))


async def check_quota(db: AsyncSession, user_id: UUID, config: Config) -> None:
    """After the job is submitted in ``db``: one that was given before does not count again.

    Raises HTTPException 429, which takes the submission back.
    """
    if await count_jobs(db, user_id, states=UNFINISHED) > config.quota_concurrent:
        what = f"{config.quota_concurrent} of your scrapes are waiting or running"
        raise _too_many(what, BUSY_SECONDS)
    since = datetime.now(UTC) - HOUR
    if await count_jobs(db, user_id, since=since) > config.quota_hourly:
        what = f"You have started {config.quota_hourly} scrapes within an hour"
        raise _too_many(what, await _until_next(db, user_id, since))


async def _until_next(db: AsyncSession, user_id: UUID, since: datetime) -> int:
    oldest = select(func.min(ScrapeJob.created_at)).where(
        ScrapeJob.user_id == user_id, ScrapeJob.created_at >= since
    )
    first: datetime = (await db.scalars(oldest)).one()
    return int((first - since).total_seconds()) + 1


def _too_many(what: str, seconds: int) -> HTTPException:
    detail = f"{what}, which is the most allowed. Try again in {seconds} seconds."
    return HTTPException(429, detail, {"Retry-After": str(seconds)})
