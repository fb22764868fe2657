"""The images of campaigns: what the API asks for and what a crawl writes.

Every function works in the caller's transaction; nothing is kept until its session commits.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, TypedDict
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.crash_points import CrashPoint, crash_point
from imagecrawler.db.campaigns import lock_campaign, parse_id
from imagecrawler.db.changes import diff
from imagecrawler.db.jobs import finish_job, keep_result
from imagecrawler.db.keys import retired_keys
from imagecrawler.db.models import ScrapedImage
from imagecrawler.db.pages import earlier_images
from imagecrawler.db.rows import mark_missing, upsert_images
from imagecrawler.errors import BadInput
from imagecrawler.items import Outcome, PageItem, Reason, Rejection, Role

Id = str | UUID

_IS_TYPE: Final = {
    Role.HERO: ScrapedImage.is_hero,
    Role.PRODUCT: ScrapedImage.is_product,
    Role.LIFESTYLE: ScrapedImage.is_lifestyle,
}
_MEGABYTE = 1024 * 1024


class Stats(TypedDict):
    """A campaign's images in figures; qualities are 0 to 100, zeros where there are none."""

    total_count: int
    hero_count: int
    product_count: int
    lifestyle_count: int
    avg_quality: float
    max_quality: float
    total_size_mb: float


class ScrapedImageRepository:
    """Reads and single writes. With ``user_id``, another owner's images are as if not there.

    All raise BadInput for a malformed id.
    """

    @staticmethod
    async def get_by_campaign(
        *,
        db: AsyncSession,
        campaign_id: Id,
        image_type: str | None = None,
        limit: int | None = None,
        offset: int = 0,
        user_id: Id | None = None,
    ) -> list[ScrapedImage]:
        """The campaign's images, best quality first; of one type: hero, product or lifestyle."""
        query = select(ScrapedImage).where(*_of_campaign(campaign_id, user_id))
        if image_type is not None:
            query = query.where(_is_type(image_type))
        query = query.order_by(ScrapedImage.quality_score.desc(), ScrapedImage.id)
        return list(await db.scalars(query.limit(limit).offset(offset)))

    @staticmethod
    async def get_stats(*, db: AsyncSession, campaign_id: Id, user_id: Id | None = None) -> Stats:
        """Counts, qualities to one decimal, MB (of 1024 * 1024 bytes) to two."""
        query = select(
            func.count(),
            func.count().filter(ScrapedImage.is_hero),
            func.count().filter(ScrapedImage.is_product),
            func.count().filter(ScrapedImage.is_lifestyle),
            func.coalesce(func.avg(ScrapedImage.quality_score), 0.0),
            func.coalesce(func.max(ScrapedImage.quality_score), 0.0),
            func.coalesce(func.sum(ScrapedImage.file_size), 0),
        ).where(*_of_campaign(campaign_id, user_id))
        row = (await db.execute(query)).one()
        total, heroes, products, lifestyles, average, best, size = row
        return Stats(
            total_count=total,
            hero_count=heroes,
            product_count=products,
            lifestyle_count=lifestyles,
            avg_quality=round(average, 1),
            max_quality=round(best, 1),
            total_size_mb=round(size / _MEGABYTE, 2),
        )

    @staticmethod
    async def increment_usage(*, db: AsyncSession, image_id: Id, user_id: Id | None = None) -> bool:
        """Count one more use, now. False when there is no such image."""
        counted = (
            update(ScrapedImage)
            .where(ScrapedImage.id == parse_id(image_id, "image_id"), *_of_user(user_id))
            .values(times_used=ScrapedImage.times_used + 1, last_used_at=func.now())
            .returning(ScrapedImage.id)
            .execution_options(synchronize_session=False)
        )
        return await db.scalar(counted) is not None

    @staticmethod
    async def get_most_used(
        *, db: AsyncSession, campaign_id: Id, limit: int = 5, user_id: Id | None = None
    ) -> list[ScrapedImage]:
        """The images that were used at all, most used first."""
        query = (
            select(ScrapedImage)
            .where(*_of_campaign(campaign_id, user_id), ScrapedImage.times_used > 0)
            .order_by(
                ScrapedImage.times_used.desc(),
                ScrapedImage.last_used_at.desc(),
                ScrapedImage.id,
            )
            .limit(limit)
        )
        return list(await db.scalars(query))

    @staticmethod
    async def delete(
        *, db: AsyncSession, campaign_id: Id, image_id: Id, user_id: Id | None = None
    ) -> bool:
        """Delete the row; a trigger notes its object for deletion. False when there is none.

        Raises UnknownCampaign.
        """
        await lock_campaign(db, parse_id(campaign_id, "campaign_id"))
        gone = (
            delete(ScrapedImage)
            .where(
                ScrapedImage.id == parse_id(image_id, "image_id"),
                *_of_campaign(campaign_id, user_id),
            )
            .returning(ScrapedImage.id)
            .execution_options(synchronize_session=False)
        )
        is_gone = await db.scalar(gone) is not None
        crash_point(CrashPoint.IMAGE_DELETING)
        return is_gone


async def save_page(db: AsyncSession, item: PageItem) -> PageItem:
    """Write the page's rows and its job's end; the same page again gives the same rows.

    Returns the item with the ids of its rows. Images that were deleted since their keys were
    reserved come back as rejections: their objects are being purged. Images of earlier crawls
    that the page no longer has get ``missing_since``, if the whole page was seen; the job of a
    page that was crawled before tells what is different. Of an unchanged page only the job is
    written. Raises UnknownCampaign.
    """
    await lock_campaign(db, item.target.campaign_id)
    item = await _without_deleted(db, item)
    await finish_job(db, item)
    if item.unchanged:
        return item
    was_seen = item.outcome in (Outcome.SUCCEEDED, Outcome.PARTIAL)
    earlier = await earlier_images(db, item.target) if was_seen else None
    ids = await upsert_images(db, item)
    gone = await mark_missing(db, item) if was_seen and item.complete else frozenset()
    stored = tuple(replace(each, id=ids[each.scored.sha256]) for each in item.stored)
    item = replace(item, stored=stored)
    await keep_result(db, item, None if earlier is None else diff(earlier, item, gone))
    return item


async def _without_deleted(db: AsyncSession, item: PageItem) -> PageItem:
    keys = {each.key: each.scored.sha256 for each in item.stored}
    retired = await retired_keys(db, item.target.campaign_id, keys)
    if not retired:
        return item
    detail = "deleted while its page was crawled"
    lost = (each.scored.url for each in item.stored if each.key in retired)
    rejections = (Rejection(url, Reason.UPLOAD_FAILED, detail) for url in lost)
    stored = tuple(each for each in item.stored if each.key not in retired)
    item = replace(item, stored=stored, rejections=(*item.rejections, *rejections))
    reasons = "; ".join(filter(None, (item.detail, f"{len(retired)} {detail}")))
    return item.ended(Outcome.PARTIAL if stored else Outcome.FAILED, reasons)


def _of_campaign(campaign_id: Id, user_id: Id | None) -> list[ColumnElement[bool]]:
    campaign = parse_id(campaign_id, "campaign_id")
    return [ScrapedImage.campaign_id == campaign, *_of_user(user_id)]


def _of_user(user_id: Id | None) -> list[ColumnElement[bool]]:
    return [] if user_id is None else [ScrapedImage.user_id == parse_id(user_id, "user_id")]


def _is_type(image_type: str) -> ColumnElement[bool]:
    try:
        return _IS_TYPE[Role(image_type)].expression
    except ValueError:
        raise BadInput(f"image_type: {image_type!r} is not hero, product or lifestyle") from None
