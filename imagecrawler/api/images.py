"""The images of a campaign: list, figures, use, deletion. Nothing here reaches the store."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import TypeAdapter
from sqlalchemy import select
from starlette.exceptions import HTTPException

from imagecrawler.api.auth import CurrentUser
from imagecrawler.api.image_schemas import (
    ImageDeleted,
    ImageList,
    ImageRow,
    ImageStats,
    ImageUsage,
)
from imagecrawler.api.openapi import problems
from imagecrawler.api.schemas import PREFIX
from imagecrawler.api.services import Serving
from imagecrawler.crash_points import CrashPoint, crash_point
from imagecrawler.db.campaigns import find_campaign
from imagecrawler.db.models import ScrapedImage
from imagecrawler.db.repository import ScrapedImageRepository
from imagecrawler.items import Role

router = APIRouter(prefix=PREFIX, tags=["images"])

_rows = TypeAdapter(list[ImageRow])

Limit = Annotated[int, Query(ge=1, le=500)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]


@router.get("/{campaign_id}", responses=problems(404))
async def list_images(
    campaign_id: UUID,
    user_id: CurrentUser,
    services: Serving,
    image_type: Role | None = None,
    limit: Limit = 500,
    offset: Offset = 0,
) -> ImageList:
    """The campaign's images, of one type where `image_type` is given, best quality first."""
    async with services.session() as db:
        images = await ScrapedImageRepository.get_by_campaign(
            db=db,
            campaign_id=campaign_id,
            image_type=image_type,
            limit=limit,
            offset=offset,
            user_id=user_id,
        )
        if not images:
            await find_campaign(db, campaign_id, user_id)
    return _list(campaign_id, images)


@router.get("/{campaign_id}/stats", responses=problems(404))
async def read_stats(campaign_id: UUID, user_id: CurrentUser, services: Serving) -> ImageStats:
    """The campaign's images in figures."""
    async with services.session() as db:
        await find_campaign(db, campaign_id, user_id)
        stats = await ScrapedImageRepository.get_stats(
            db=db, campaign_id=campaign_id, user_id=user_id
        )
    return ImageStats(**stats)


@router.get("/{campaign_id}/most-used", responses=problems(404))
async def list_most_used(
    campaign_id: UUID, user_id: CurrentUser, services: Serving, limit: Limit = 5
) -> ImageList:
    """The images that were used at all, most used first."""
    async with services.session() as db:
        await find_campaign(db, campaign_id, user_id)
        images = await ScrapedImageRepository.get_most_used(
            db=db, campaign_id=campaign_id, limit=limit, user_id=user_id
        )
    return _list(campaign_id, images)


@router.post("/{campaign_id}/{image_id}/usage", responses=problems(404))
async def count_usage(
    campaign_id: UUID, image_id: UUID, user_id: CurrentUser, services: Serving
) -> ImageUsage:
    """Counts one more use of the image."""
    used = select(ScrapedImage.times_used, ScrapedImage.last_used_at).where(
        ScrapedImage.id == image_id,
        ScrapedImage.campaign_id == campaign_id,
        ScrapedImage.user_id == user_id,
    )
    async with services.session() as db:
        await ScrapedImageRepository.increment_usage(db=db, image_id=image_id, user_id=user_id)
        row = (await db.execute(used)).one_or_none()
        if row is None:
            # Of another campaign: the exception takes the count back.
            raise _no_image()
    return ImageUsage(image_id=image_id, times_used=row.times_used, last_used_at=row.last_used_at)


@router.delete("/{campaign_id}/{image_id}", responses=problems(404))
async def delete_image(
    campaign_id: UUID, image_id: UUID, user_id: CurrentUser, services: Serving
) -> ImageDeleted:
    """Deletes the image: its row now, its object within seconds."""
    async with services.session() as db:
        await find_campaign(db, campaign_id, user_id)
        deleted = await ScrapedImageRepository.delete(
            db=db, campaign_id=campaign_id, image_id=image_id, user_id=user_id
        )
    crash_point(CrashPoint.IMAGE_DELETED)
    if not deleted:
        raise _no_image()
    return ImageDeleted()


def _list(campaign_id: UUID, images: list[ScrapedImage]) -> ImageList:
    rows = _rows.validate_python(images, from_attributes=True)
    return ImageList(campaign_id=campaign_id, count=len(rows), images=rows)


def _no_image() -> HTTPException:
    return HTTPException(404, "There is no such image.")
