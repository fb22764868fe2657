from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from imagecrawler.db.campaigns import Campaign, add_campaign
from imagecrawler.db.database import Database
from imagecrawler.db.keys import reserve_keys
from imagecrawler.db.repository import save_page
from imagecrawler.items import (
    DownloadedImage,
    ImageCandidate,
    Measurements,
    PageItem,
    Role,
    ScoredImage,
    StoredImage,
    Target,
    Version,
)

PAGE = "https://shop.example/p/1"


def _scored(name: str, quality: float = 80.0, role: Role = Role.HERO, **extra: Any) -> ScoredImage:
    """An image whose bytes, and so whose hash, follow from its name."""
    body = name.encode() * 100
    candidate = ImageCandidate((Version(f"https://shop.example/{name}.jpg"),), ("img",), alt=name)
    fields: dict[str, Any] = {
        "image": DownloadedImage(candidate, candidate.url, body),
        "measured": Measurements(1200, 900, "jpeg", 2**64 - 1),
        "sha256": hashlib.sha256(body).hexdigest(),
        "quality": quality,
        "breakdown": {"sharpness": 0.5},
        "role": role,
        "is_product": role is not Role.LIFESTYLE,
        "is_lifestyle": role is Role.LIFESTYLE,
    }
    return ScoredImage(**fields | extra)


@pytest.fixture
def scored() -> Callable[..., ScoredImage]:
    return _scored


@pytest.fixture
async def campaign(database: Database) -> Campaign:
    async with database.session() as db:
        return await add_campaign(db, "Test")


@pytest.fixture
def reserved_page(database: Database, campaign: Campaign) -> Callable[..., Awaitable[PageItem]]:
    """A page as the upload stage leaves it: keys reserved, objects in the store."""

    async def make(*images: ScoredImage, job_id: UUID | None = None, **extra: Any) -> PageItem:
        wanted = [(image.sha256, image.role, "jpg") for image in images]
        async with database.session() as db:
            keys = await reserve_keys(db, campaign.id, wanted)
        stored = tuple(
            StoredImage(
                image, keys[image.sha256].key, f"https://cdn.example/{keys[image.sha256].key}"
            )
            for image in images
        )
        target = Target(PAGE, campaign.id, campaign.user_id)
        return PageItem(target, job_id or uuid4(), stored=stored, **extra)

    return make


@pytest.fixture
def saved_page(
    database: Database, reserved_page: Callable[..., Awaitable[PageItem]]
) -> Callable[..., Awaitable[PageItem]]:
    """A page whose rows are written."""

    async def make(*images: ScoredImage, **extra: Any) -> PageItem:
        item = await reserved_page(*images, **extra)
        async with database.session() as db:
            return await save_page(db, item)

    return make
