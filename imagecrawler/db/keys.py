"""Object keys: the same bytes keep theirs for ever, a number is given once in a campaign."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.db.campaigns import lock_campaign
from imagecrawler.db.models import ObjectKey, ScrapedImage
from imagecrawler.items import Role

_UUID: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_KEY: Final = re.compile(
    rf"campaigns/({_UUID})/scraped-images/(?:{'|'.join(Role)})_(\d{{1,9}})\.\w+", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Reservation:
    """The key of an image's object; ``stored`` when a row says that some store has it."""

    key: str
    stored: bool


def object_key(campaign_id: UUID, role: Role, number: int, ext: str) -> str:
    """``campaigns/{campaign_id}/scraped-images/hero_01.jpg``."""
    return f"campaigns/{campaign_id}/scraped-images/{role.value}_{number:02d}.{ext}"


def parse_key(key: str) -> tuple[UUID, int] | None:
    """Campaign and number of a key that :func:`object_key` may have made, else None."""
    match = _KEY.fullmatch(key)
    return (UUID(match[1]), int(match[2])) if match and int(match[2]) else None


async def reserve_keys(
    db: AsyncSession, campaign_id: UUID, wanted: Sequence[tuple[str, Role, str]]
) -> dict[str, Reservation]:
    """A key for each (sha256, role, extension), by sha256; those known keep what they have.

    Holds the campaign until the transaction ends, so commit before the uploads.
    Raises UnknownCampaign.
    """
    await lock_campaign(db, campaign_id)
    reserved = await _reserved(db, campaign_id, [sha256 for sha256, _, _ in wanted])
    new = {each[0]: each for each in wanted if each[0] not in reserved}
    if new:
        last = select(func.max(ObjectKey.number)).where(ObjectKey.campaign_id == campaign_id)
        first = (await db.scalar(last) or 0) + 1
        rows = [
            _row(campaign_id, number, *each)
            for number, each in enumerate(new.values(), start=first)
        ]
        await db.execute(insert(ObjectKey).values(rows))
        reserved |= {row["sha256"]: Reservation(row["key"], stored=False) for row in rows}
    return reserved


async def retired_keys(
    db: AsyncSession, campaign_id: UUID, keys: Mapping[str, str]
) -> frozenset[str]:
    """Those of ``keys`` (sha256 by key) that no longer belong to their bytes.

    So it is when the image was deleted after its key was reserved. The others are held against
    such a deletion until the transaction ends.
    """
    query = (
        select(ObjectKey.key, ObjectKey.sha256)
        .where(ObjectKey.campaign_id == campaign_id, ObjectKey.key.in_(keys))
        .with_for_update(read=True)
    )
    return frozenset(key for key, sha256 in await db.execute(query) if sha256 != keys[key])


async def _reserved(
    db: AsyncSession, campaign_id: UUID, digests: Sequence[str]
) -> dict[str, Reservation]:
    stored = (
        select(ScrapedImage.id)
        .where(
            ScrapedImage.campaign_id == ObjectKey.campaign_id,
            ScrapedImage.sha256 == ObjectKey.sha256,
        )
        .exists()
    )
    query = select(ObjectKey.sha256, ObjectKey.key, stored).where(
        ObjectKey.campaign_id == campaign_id, ObjectKey.sha256.in_(digests)
    )
    rows = await db.execute(query)
    return {sha256: Reservation(key, is_stored) for sha256, key, is_stored in rows if sha256}


def _row(campaign_id: UUID, number: int, sha256: str, role: Role, ext: str) -> dict[str, Any]:
    key = object_key(campaign_id, role, number, ext)
    return {"campaign_id": campaign_id, "number": number, "sha256": sha256, "key": key}
