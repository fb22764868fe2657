"""An object without a row: what is to become of it, and the row that it tells of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from imagecrawler.db.keys import parse_key
from imagecrawler.db.reconciliation import Holder, Standing
from imagecrawler.db.rows import joined_context, phash_hex
from imagecrawler.db.text import storable
from imagecrawler.errors import StoreError
from imagecrawler.items import Role
from imagecrawler.presentation.differences import Kind
from imagecrawler.storage.metadata import Description, parse
from imagecrawler.storage.store import ObjectInfo


@dataclass(frozen=True, slots=True)
class Verdict:
    """What kind of difference it is; ``description`` where its row can be rebuilt."""

    kind: Kind
    detail: str
    description: Description | None = None


def judge(info: ObjectInfo | StoreError, key: str, standing: Standing, holder: Holder) -> Verdict:
    """The verdict on an object that no row names and nobody is about to delete.

    ``info`` is an error where the store could not tell of it. Only keys that this database has
    given are ever up for deletion: an empty or another database must not empty the bucket.
    """
    if standing.retired:
        return Verdict(Kind.DELETED, "its image was deleted")
    try:
        description = _described(info, key)
    except StoreError as error:
        return Verdict(Kind.UNREADABLE, str(error))
    if holder.gone and standing.known:
        return Verdict(Kind.ORPHAN, "its campaign was deleted")
    if holder.gone:
        return Verdict(Kind.FOREIGN, "its campaign is unknown here and never had this key")
    if holder.owner is None:
        return Verdict(Kind.FOREIGN, "its campaign has no owner")
    if standing.known and standing.sha256 != description.sha256:
        return Verdict(Kind.CONFLICT, "its key belongs to other bytes")
    return Verdict(Kind.UNRECORDED, "it has no row", description)


def adopted_row(
    info: ObjectInfo, description: Description, owner: UUID, url: str
) -> dict[str, Any]:
    """Values by column. ``owner`` is the campaign's today, ``url`` the object's public address."""
    told = description
    row = {
        "campaign_id": told.campaign_id,
        "user_id": owner,
        "r2_path": info.key,
        "cdn_url": url,
        "original_url": told.original_url or None,
        "sha256": told.sha256,
        "phash": phash_hex(told.phash),
        "width": told.width,
        "height": told.height,
        "file_size": info.size,
        "format": told.format,
        "quality_score": told.quality,
        "is_hero": told.role is Role.HERO,
        "is_product": told.is_product,
        "is_lifestyle": told.is_lifestyle,
        "alt_text": told.alt or None,
        "context": joined_context(told.heading, told.caption, told.text),
        "metadata": _details(told),
        "scraped_at": info.modified,
    }
    return {column: storable(value) for column, value in row.items()}


def _details(told: Description) -> dict[str, Any]:
    return {
        "score_breakdown": told.breakdown,
        "phash": phash_hex(told.phash),
        "sources": told.sources,
        "page_url": told.page_url,
        "duplicates": [],
    }


def _described(info: ObjectInfo | StoreError, key: str) -> Description:
    if isinstance(info, StoreError):
        raise info
    parsed = parse_key(key)
    if parsed is None:
        raise StoreError("its key is not of the form that keys are given in")
    if not 0 < info.size < 2**31:
        raise StoreError(f"it has {info.size} bytes")
    description = parse(info.metadata)
    if description.campaign_id != parsed[0]:
        raise StoreError(f"its metadata names another campaign, {description.campaign_id}")
    return description
