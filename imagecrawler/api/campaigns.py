"""``GET …/campaigns``: what a user can choose from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import String, func, literal_column, select

from imagecrawler.api.auth import CurrentUser
from imagecrawler.api.image_schemas import CampaignList, CampaignRow
from imagecrawler.api.openapi import problems
from imagecrawler.api.schemas import PREFIX
from imagecrawler.api.services import Serving
from imagecrawler.db.base import Campaign
from imagecrawler.db.models import ScrapedImage

router = APIRouter(prefix=PREFIX, tags=["campaigns"])

# The host application's own table may lack the column: its rows as JSON then give null.
_NAME = literal_column("to_jsonb(campaigns) ->> 'name'", String).label("name")


@router.get("/campaigns", responses=problems())
async def list_campaigns(
    user_id: CurrentUser,
    services: Serving,
    limit: Annotated[int, Query(ge=1, le=500)] = 500,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> CampaignList:
    """The user's campaigns, each with the number of its images."""
    images = (
        select(func.count())
        .where(ScrapedImage.campaign_id == Campaign.id, ScrapedImage.user_id == user_id)
        .scalar_subquery()
    )
    query = (
        select(Campaign.id, _NAME, images.label("image_count"))
        .where(Campaign.user_id == user_id)
        .order_by(_NAME, Campaign.id)
    )
    async with services.session() as db:
        rows = (await db.execute(query.limit(limit).offset(offset))).all()
    campaigns = [CampaignRow.model_validate(row) for row in rows]
    return CampaignList(count=len(campaigns), campaigns=campaigns)
