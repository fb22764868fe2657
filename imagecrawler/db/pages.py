"""``sales_pages``: the pages that are crawled again and again, and what is known of each.

A page enters with the first crawl that saves something of it, unless it is the demo campaign's.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, cast, extract, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONPATH, insert
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.db.campaigns import DEMO_CAMPAIGN
from imagecrawler.db.changes import EarlierImage
from imagecrawler.db.job_models import SalesPage, ScrapeJob
from imagecrawler.db.models import ScrapedImage
from imagecrawler.db.text import storable
from imagecrawler.domains import registrable_domain
from imagecrawler.items import KnownImage, KnownPage, Outcome, PageItem, Target

#: A page that gives nothing is left alone for this part of the time since it last gave something:
#: each time for twice as long as before, and due a little before the night that it is meant for.
PATIENCE: Final = 0.8
LONGEST: Final = timedelta(days=30)
MOST_FAILURES: Final = 32_767


@dataclass(frozen=True, slots=True)
class _Memory:
    fingerprint: str | None
    verified_at: datetime | None
    saved: list[str] | None


async def know_page(db: AsyncSession, target: Target) -> KnownPage | None:
    """What the last crawls of the page left; None where none has saved anything."""
    memory = await _recall(db, target)
    if memory is None:
        return None
    images = await _images(db, target, memory)
    present = {str(each.id) for each in images if not each.missing}
    intact = bool(memory.saved) and present.issuperset(memory.saved or ())
    # of two at one address the one that is there still
    latest = sorted(images, key=lambda each: not each.missing)
    known = {each.url: _known(each) for each in latest if each.url and each.sha256}
    return KnownPage(memory.fingerprint, memory.verified_at, intact, known)


async def earlier_images(db: AsyncSession, target: Target) -> list[EarlierImage] | None:
    """The pictures that crawls of the page have saved; None where it was not crawled before."""
    memory = await _recall(db, target)
    return None if memory is None else await _images(db, target, memory)


async def last_counts(db: AsyncSession, target: Target) -> tuple[int, int]:
    """Images saved and skipped by the crawl that last looked at the page's pictures."""
    query = (
        select(ScrapeJob.images_saved, ScrapeJob.images_skipped)
        .join(SalesPage, SalesPage.job_id == ScrapeJob.id)
        .where(*_is(target))
    )
    row = (await db.execute(query)).one_or_none()
    return (row[0], row[1]) if row else (0, 0)


async def remember_page(db: AsyncSession, item: PageItem, due_in: timedelta) -> None:
    """Note the crawl of a page of which something was saved, or nothing has changed."""
    if item.target.campaign_id == DEMO_CAMPAIGN or not (item.stored or item.unchanged):
        return
    news = {"last_crawled_at": func.now(), "next_due_at": func.now() + due_in, "failures": 0}
    if item.unchanged:
        await db.execute(update(SalesPage).where(*_is(item.target)).values(news))
        return
    news |= _looked_at(item)
    page = {"campaign_id": item.target.campaign_id, "url": storable(item.target.url)}
    statement = insert(SalesPage).values(page | news)
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=[text("campaign_id"), text("md5(url)")], set_=news
        )
    )


async def note_failure(db: AsyncSession, target: Target) -> None:
    """A crawl of the page gave nothing: its next turn comes the later, the longer it is so."""
    since = func.now() - func.coalesce(SalesPage.last_crawled_at, SalesPage.next_due_at)
    seconds = func.least(extract("epoch", since) * PATIENCE, LONGEST.total_seconds())
    later = func.now() + func.make_interval(*[0] * 6, seconds)
    values = {
        "failures": func.least(SalesPage.failures + 1, MOST_FAILURES),
        "next_due_at": func.greatest(SalesPage.next_due_at, later),
    }
    await db.execute(update(SalesPage).where(*_is(target)).values(values))


def _is(target: Target) -> list[ColumnElement[bool]]:
    url = storable(target.url)
    return [
        SalesPage.campaign_id == target.campaign_id,
        func.md5(SalesPage.url) == func.md5(url),
        SalesPage.url == url,
    ]


def _looked_at(item: PageItem) -> dict[str, Any]:
    whole = item.outcome is Outcome.SUCCEEDED and item.complete
    return {
        "user_id": item.target.user_id,
        "max_images": item.target.max_images,
        "domain": storable(registrable_domain(item.target.url)),
        "fingerprint": item.fingerprint if whole and item.fingerprint else None,
        "verified_at": func.now(),
        "job_id": item.job_id,
    }


async def _recall(db: AsyncSession, target: Target) -> _Memory | None:
    saved = func.jsonb_path_query_array(ScrapeJob.result, cast("$.images[*].id", JSONPATH))
    query = (
        select(SalesPage.fingerprint, SalesPage.verified_at, saved)
        .outerjoin(ScrapeJob, SalesPage.job_id == ScrapeJob.id)
        .where(*_is(target))
    )
    row = (await db.execute(query)).one_or_none()
    return _Memory(*row) if row else None


async def _images(db: AsyncSession, target: Target, memory: _Memory) -> list[EarlierImage]:
    """Those of the page, and those that it shares with a page crawled after it."""
    query = select(
        ScrapedImage.id,
        ScrapedImage.original_url,
        ScrapedImage.sha256,
        ScrapedImage.r2_path,
        ScrapedImage.details,
        ScrapedImage.missing_since.is_not(None),
    ).where(
        ScrapedImage.campaign_id == target.campaign_id,
        (ScrapedImage.details["page_url"].astext == storable(target.url))
        | ScrapedImage.id.in_(_ids(memory.saved or ())),
    )
    return [EarlierImage(*row) for row in await db.execute(query)]


def _ids(saved: Collection[str | None]) -> list[UUID]:
    return [UUID(each) for each in saved if each]


def _known(image: EarlierImage) -> KnownImage:
    details = image.details
    validators = (details.get("etag", ""), details.get("last_modified", ""))
    return KnownImage(image.sha256 or "", image.key, *validators)
