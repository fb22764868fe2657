"""Bodies of the answers about campaigns and their images, as OpenAPI documents them."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from imagecrawler.api.schemas import CAMPAIGN, CDN_URL, IMAGE, R2_PATH, USER, Moment, Score


class ImageRow(BaseModel):
    """A saved image as a flat row."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID = Field(examples=[IMAGE])
    campaign_id: UUID = Field(examples=[CAMPAIGN])
    user_id: UUID = Field(examples=[USER])
    r2_path: str = Field(examples=[R2_PATH])
    cdn_url: str = Field(examples=[CDN_URL])
    original_url: str | None = Field(examples=["https://example.com/images/front.jpg"])
    width: int = Field(examples=[1200])
    height: int = Field(examples=[1200])
    file_size: int = Field(description="Bytes.", examples=[850_000])
    format: str = Field(examples=["jpeg"])
    quality_score: Score
    is_hero: bool
    is_product: bool
    is_lifestyle: bool
    alt_text: str | None
    context: str | None = Field(description="Heading, caption and text around it on the page.")
    times_used: int
    last_used_at: Moment | None
    metadata: dict[str, Any] = Field(
        validation_alias="details", examples=[{"score_breakdown": {"sharpness": 0.93}}]
    )
    scraped_at: Moment
    created_at: Moment
    updated_at: Moment


class ImageList(BaseModel):
    """Images of a campaign; ``count`` is how many are in this answer."""

    success: Literal[True] = True
    campaign_id: UUID = Field(examples=[CAMPAIGN])
    count: int = Field(examples=[1])
    images: list[ImageRow]


class ImageStats(BaseModel):
    """A campaign's images in figures. Qualities are 0 to 100, an MB has 1024 * 1024 bytes."""

    total_count: int = Field(examples=[8])
    hero_count: int = Field(examples=[2])
    product_count: int = Field(examples=[5])
    lifestyle_count: int = Field(examples=[1])
    avg_quality: float = Field(examples=[85.3])
    max_quality: float = Field(examples=[92.5])
    total_size_mb: float = Field(examples=[6.8])


class ImageUsage(BaseModel):
    """How often an image has been used, this time included."""

    success: Literal[True] = True
    image_id: UUID = Field(examples=[IMAGE])
    times_used: int = Field(examples=[3])
    last_used_at: Moment


class ImageDeleted(BaseModel):
    """The row is gone; the object follows within seconds."""

    success: Literal[True] = True
    message: str = "Image deleted successfully"


class CampaignRow(BaseModel):
    """A campaign. ``name`` is null where the host application has no such column."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID = Field(examples=[CAMPAIGN])
    name: str | None = Field(examples=["Autumn sale"])
    image_count: int = Field(examples=[8])


class CampaignList(BaseModel):
    """Campaigns of the user, by name."""

    success: Literal[True] = True
    count: int = Field(examples=[1])
    campaigns: list[CampaignRow]
