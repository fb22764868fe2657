"""What ``reconcile`` asks of the tables and writes to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, collate, func, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.db.base import Campaign
from imagecrawler.db.job_models import SalesPage
from imagecrawler.db.keys import parse_key
from imagecrawler.db.models import DeletedObject, ObjectKey, ScrapedImage

_LOCK = int.from_bytes(b"imgrecon")


@dataclass(frozen=True, slots=True)
class ImageRow:
    """A row of ``scraped_images`` by its object's key; ``size`` is in bytes."""

    id: UUID
    campaign_id: UUID
    key: str
    size: int


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row's picture came from; ``gone``: its page lacked it when it was last seen."""

    row: ImageRow
    url: str
    page_url: str
    gone: bool


@dataclass(frozen=True, slots=True)
class Holder:
    """A campaign that objects lie under; the host's may be without an owner."""

    gone: bool
    owner: UUID | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the database says of a key.

    ``named``: a row has it. ``pending``: its object waits to be deleted. ``known``: it was given
    here, to the bytes with ``sha256``, or None after their image was deleted.
    """

    named: bool = False
    pending: bool = False
    known: bool = False
    sha256: str | None = None

    @property
    def retired(self) -> bool:
        """Whether the key is nobody's any more, for ever."""
        return self.known and self.sha256 is None


async def try_reconcile_lock(db: AsyncSession) -> bool:
    """Whether the transaction is now the only one in the database to reconcile."""
    return bool(await db.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))))


async def find_holder(db: AsyncSession, campaign_id: UUID) -> Holder:
    """Whether the campaign is still there, and whose it is."""
    query = select(Campaign.user_id).where(Campaign.id == campaign_id)
    row = (await db.execute(query)).first()
    return Holder(gone=True) if row is None else Holder(gone=False, owner=row.user_id)


async def images_after(db: AsyncSession, last: ImageRow | None, limit: int) -> list[ImageRow]:
    """The next ``limit`` rows by campaign, and by the bytes of the key within it.

    For keys below their campaign's own prefix that is the order of the keys' bytes: UUIDs sort
    as their text does.
    """
    return [ImageRow(*row) for row in await db.execute(page_of_images(last, limit))]


def page_of_images(last: ImageRow | None, limit: int) -> Select[UUID, UUID, str, int]:
    """The query, which an index on ``campaign_id`` serves: none on the keys' bytes is needed."""
    order = (ScrapedImage.campaign_id, collate(ScrapedImage.r2_path, "C"))
    query = select(*_IMAGE_ROW).order_by(*order).limit(limit)
    if last is not None:
        query = query.where(tuple_(*order) > (last.campaign_id, last.key))
    return query


async def origins(db: AsyncSession, ids: Collection[UUID]) -> list[Origin]:
    """Those of the rows that are still there."""
    query = select(
        *_IMAGE_ROW,
        func.coalesce(ScrapedImage.original_url, ""),
        func.coalesce(ScrapedImage.details["page_url"].astext, ""),
        ScrapedImage.missing_since.is_not(None),
    ).where(ScrapedImage.id.in_(ids))
    return [Origin(ImageRow(*row[:4]), *row[4:]) for row in await db.execute(query)]


async def standings(db: AsyncSession, keys: Collection[str]) -> dict[str, Standing]:
    """By key. A row that is deleted meanwhile shows as named, pending or retired."""
    # In this order, which is that of a deletion's steps, none of which is missed.
    named = set(await db.scalars(_of(ScrapedImage.r2_path, keys)))
    pending = set(await db.scalars(_of(DeletedObject.key, keys)))
    query = select(ObjectKey.key, ObjectKey.sha256).where(ObjectKey.key.in_(keys))
    given = {row.key: row.sha256 for row in await db.execute(query)}
    return {
        key: Standing(key in named, key in pending, key in given, given.get(key)) for key in keys
    }


async def adopt_images(db: AsyncSession, rows: Sequence[dict[str, Any]]) -> frozenset[str]:
    """Write the rows of objects that have none: the keys of those written.

    Left out are those whose number was given to another key, or whose bytes have another key.
    """
    if not rows:
        return frozenset()
    keys = {row["r2_path"]: row["sha256"] for row in rows}
    await db.execute(upsert(ObjectKey).on_conflict_do_nothing(), [_given(row) for row in rows])
    given = await db.execute(select(ObjectKey.key, ObjectKey.sha256).where(ObjectKey.key.in_(keys)))
    owned = {key for key, sha256 in given if sha256 == keys[key]}
    values = [row for row in rows if row["r2_path"] in owned]
    if not values:
        return frozenset()
    statement = upsert(ScrapedImage).values(values).on_conflict_do_nothing()
    return frozenset(await db.scalars(statement.returning(ScrapedImage.r2_path)))


async def discard_objects(db: AsyncSession, keys: Collection[str]) -> None:
    """Retire the keys and put their objects up for deletion; who hears of it purges them."""
    if keys:
        retired = update(ObjectKey).where(ObjectKey.key.in_(keys)).values(sha256=None)
        await db.execute(retired.execution_options(synchronize_session=False))
        await db.execute(insert(DeletedObject), [{"key": key} for key in keys])


async def crawl_in_full(db: AsyncSession, campaign_id: UUID, pages: Collection[str]) -> set[str]:
    """Make those of the campaign's pages due that are crawled regularly, and return them.

    Without its fingerprint a page counts as changed, so that its images are fetched again.
    """
    if not pages:
        return set()
    due = (
        update(SalesPage)
        .where(SalesPage.campaign_id == campaign_id, SalesPage.url.in_(pages))
        .values(fingerprint=None, next_due_at=func.least(SalesPage.next_due_at, func.now()))
        .returning(SalesPage.url)
        .execution_options(synchronize_session=False)
    )
    return set(await db.scalars(due))


_IMAGE_ROW = (
    ScrapedImage.id,
    ScrapedImage.campaign_id,
    ScrapedImage.r2_path,
    ScrapedImage.file_size,
)


def _of(column: Any, keys: Collection[str]) -> Any:
    return select(column).where(column.in_(keys))


def _given(row: dict[str, Any]) -> dict[str, Any]:
    parsed = parse_key(row["r2_path"])
    assert parsed is not None
    campaign_id, number = parsed
    return {
        "campaign_id": campaign_id,
        "number": number,
        "sha256": row["sha256"],
        "key": row["r2_path"],
    }
