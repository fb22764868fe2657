"""Rows of ``scraped_images``: how a stored image becomes one, is refreshed and goes missing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.db.ids import ordered_ids
from imagecrawler.db.models import ScrapedImage
from imagecrawler.db.text import storable
from imagecrawler.items import PageItem, StoredImage

#: Columns that a later crawl of the same bytes brings up to date.
REFRESHED: Final = (
    *("job_id", "cdn_url", "original_url", "quality_score", "is_hero", "is_product"),
    *("is_lifestyle", "alt_text", "context", "metadata"),
)


async def upsert_images(db: AsyncSession, item: PageItem) -> dict[str, UUID]:
    """Write a row per stored image, known bytes into the row they have: the ids by sha256.

    New rows have ids in the order of ``item.stored``, which decides between equal qualities.
    """
    if not item.stored:
        return {}
    rows = {each.scored.sha256: image_row(item, each) for each in item.stored}
    ids = ordered_ids(len(rows))
    values = [row | {"id": new} for new, row in zip(ids, rows.values(), strict=True)]
    statement = insert(ScrapedImage).values(values)
    changes: dict[str, Any] = {column: statement.excluded[column] for column in REFRESHED}
    changes |= {"scraped_at": func.now(), "missing_since": None}
    statement = statement.on_conflict_do_update(
        index_elements=["campaign_id", "sha256"], set_=changes
    )
    returned = await db.execute(statement.returning(ScrapedImage.sha256, ScrapedImage.id))
    return {sha256: image_id for sha256, image_id in returned if sha256}


async def mark_missing(db: AsyncSession, item: PageItem) -> frozenset[UUID]:
    """Note since when the page lacks an image that an earlier crawl of it saved.

    Returns the ids of those that were there until now.
    """
    # What was seen but rejected this time (over the limit, not downloaded) is not missing.
    seen = [storable(rejection.url) for rejection in item.rejections]
    missing = (
        update(ScrapedImage)
        .where(
            ScrapedImage.campaign_id == item.target.campaign_id,
            ScrapedImage.details["page_url"].astext == storable(item.target.url),
            ScrapedImage.missing_since.is_(None),
            ScrapedImage.sha256.not_in([each.scored.sha256 for each in item.stored]),
            ScrapedImage.original_url.not_in(seen),
        )
        .values(missing_since=func.now())
        .returning(ScrapedImage.id)
        .execution_options(synchronize_session=False)
    )
    return frozenset(await db.scalars(missing))


def image_row(item: PageItem, stored: StoredImage) -> dict[str, Any]:
    """Values by column."""
    scored = stored.scored
    measured = scored.measured
    candidate = scored.image.candidate
    row = {
        "campaign_id": item.target.campaign_id,
        "user_id": item.target.user_id,
        "job_id": item.job_id,
        "r2_path": stored.key,
        "cdn_url": stored.cdn_url,
        "original_url": scored.url,
        "sha256": scored.sha256,
        "phash": phash_hex(measured.phash),
        "width": measured.width,
        "height": measured.height,
        "file_size": len(scored.image.body),
        "format": measured.format,
        "quality_score": scored.quality,
        "is_hero": scored.is_hero,
        "is_product": scored.is_product,
        "is_lifestyle": scored.is_lifestyle,
        "alt_text": candidate.alt or None,
        "context": joined_context(candidate.heading, candidate.caption, candidate.text),
        "metadata": _details(item, stored),
    }
    return {column: storable(value) for column, value in row.items()}


def phash_hex(phash: int) -> str:
    """An unsigned 64-bit hash as 16 digits: 255 -> ``00000000000000ff``."""
    return f"{phash:016x}"


def joined_context(heading: str, caption: str, text: str) -> str | None:
    """The column ``context``; the heading often repeats as the caption, so each text once."""
    texts = dict.fromkeys((heading, caption, text))
    return " | ".join(part for part in texts if part) or None


def _details(item: PageItem, stored: StoredImage) -> dict[str, Any]:
    scored = stored.scored
    validators = {"etag": scored.image.etag, "last_modified": scored.image.last_modified}
    return {
        "score_breakdown": scored.breakdown,
        "phash": phash_hex(scored.measured.phash),
        "sources": scored.image.candidate.sources,
        "page_url": item.target.url,
        "duplicates": scored.absorbed,
        **({"classification": asdict(scored.likelihoods)} if scored.likelihoods else {}),
        **{name: value for name, value in validators.items() if value},
    }
