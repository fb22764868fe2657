"""Looks at keys again where store and database seemed to differ, and mends what can be mended."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.crash_points import CrashPoint, crash_point
from imagecrawler.db.campaigns import lock_campaign
from imagecrawler.db.database import Database
from imagecrawler.db.reconciliation import (
    Holder,
    Origin,
    Standing,
    adopt_images,
    crawl_in_full,
    discard_objects,
    find_holder,
    origins,
    standings,
)
from imagecrawler.db.text import storable
from imagecrawler.errors import StoreError, StoreRefused, UnknownCampaign
from imagecrawler.jobs.adoption import Verdict, adopted_row, judge
from imagecrawler.jobs.merge import Pair
from imagecrawler.presentation.differences import PURGED, Difference, Kind
from imagecrawler.storage import ObjectStore
from imagecrawler.storage.store import ObjectInfo

#: Objects looked at in the store at once.
CONCURRENCY = 8

Look: TypeAlias = ObjectInfo | StoreError | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What differs indeed, and how many objects only wait to be deleted."""

    differences: Sequence[Difference]
    pending: int


class Settler:
    """Decides with the campaign held, so that no crawl or deletion of it is half-way.

    Without ``fix`` nothing is written and nothing held.
    """

    def __init__(self, database: Database, store: ObjectStore, *, fix: bool) -> None:
        self._database = database
        self._store = store
        self._fix = fix

    async def settle(self, campaign_id: UUID | None, pairs: Sequence[Pair]) -> Settled:
        """The pairs are of one campaign; None: of none that could be held.

        Raises DatabaseError, and StoreRefused when the store lets nothing be looked at.
        """
        looks = await self._look([pair.key for pair in pairs])
        ids = [pair.row.id for pair in pairs if pair.row is not None]
        bare = {pair.key: looks[pair.key] for pair in pairs if pair.row is None}
        async with self._database.session() as db:
            holder = await self._hold(db, campaign_id)
            found = {key: info for key, info in bare.items() if info is not None}
            differences, pending = await self._objects(db, campaign_id, holder, found)
            differences += await self._rows(db, ids, looks) if ids else []
            crash_point(CrashPoint.CAMPAIGN_SETTLING)
        crash_point(CrashPoint.CAMPAIGN_SETTLED)
        return Settled(differences, pending)

    async def _look(self, keys: Sequence[str]) -> dict[str, Look]:
        gate = asyncio.Semaphore(CONCURRENCY)

        async def head(key: str) -> Look:
            async with gate:
                try:
                    return await self._store.head(key)
                except StoreRefused:
                    raise
                except StoreError as error:
                    return error

        return dict(zip(keys, await asyncio.gather(*map(head, keys)), strict=True))

    async def _hold(self, db: AsyncSession, campaign_id: UUID | None) -> Holder:
        if campaign_id is None:
            return Holder(gone=True)
        if self._fix:
            # its lock is held even where the campaign is gone
            with suppress(UnknownCampaign):
                await lock_campaign(db, campaign_id)
        return await find_holder(db, campaign_id)

    async def _objects(
        self,
        db: AsyncSession,
        campaign_id: UUID | None,
        holder: Holder,
        infos: dict[str, ObjectInfo | StoreError],
    ) -> tuple[list[Difference], int]:
        if not infos:
            return [], 0
        # a key that PostgreSQL cannot take is in no table
        known = await standings(db, [key for key in infos if key == storable(key)])
        nameless = {
            key: standing for key in infos if not (standing := known.get(key, Standing())).named
        }
        verdicts = {
            key: judge(infos[key], key, standing, holder)
            for key, standing in nameless.items()
            if not standing.pending
        }
        mended = await self._mend(db, holder.owner, infos, verdicts) if self._fix else frozenset()
        differences = [
            Difference(verdict.kind, key, verdict.detail, key in mended, campaign_id)
            for key, verdict in verdicts.items()
        ]
        return [self._outcome(each) for each in differences], len(nameless) - len(verdicts)

    async def _mend(
        self,
        db: AsyncSession,
        owner: UUID | None,
        infos: dict[str, ObjectInfo | StoreError],
        verdicts: dict[str, Verdict],
    ) -> frozenset[str]:
        gone = frozenset(key for key, verdict in verdicts.items() if verdict.kind in PURGED)
        await discard_objects(db, gone)
        rows = []
        for key, verdict in verdicts.items():
            info = infos[key]
            if verdict.description and owner and isinstance(info, ObjectInfo):
                rows.append(adopted_row(info, verdict.description, owner, self._store.url(key)))
        return gone | await adopt_images(db, rows)

    def _outcome(self, difference: Difference) -> Difference:
        """Says what was done, or why it could not be."""
        detail = difference.detail
        if difference.mended:
            done = "its row is rebuilt" if difference.kind is Kind.UNRECORDED else "it goes"
            return replace(difference, detail=f"{detail}; {done}")
        if self._fix and difference.kind is Kind.UNRECORDED:
            conflict = "its number or its bytes have another key"
            return replace(difference, kind=Kind.CONFLICT, detail=conflict)
        return difference

    async def _rows(
        self, db: AsyncSession, ids: Sequence[UUID], looks: dict[str, Look]
    ) -> list[Difference]:
        wrong = [
            (origin, difference)
            for origin in await origins(db, ids)
            if origin.row.key in looks
            and (difference := _difference(origin, looks[origin.row.key]))
        ]
        if not self._fix or not wrong:
            return [difference for _, difference in wrong]
        campaign_id = wrong[0][0].row.campaign_id
        pages = {origin.page_url for origin, _ in wrong if not origin.gone}
        due = await crawl_in_full(db, campaign_id, pages)
        return [_with_remedy(origin, difference, due) for origin, difference in wrong]


def _difference(origin: Origin, look: Look) -> Difference | None:
    row = origin.row
    if look is None:
        kind, detail = Kind.MISSING, "it has a row but no object"
    elif isinstance(look, StoreError):
        kind, detail = Kind.UNREADABLE, str(look)
    elif look.size != row.size:
        kind, detail = Kind.WRONG_SIZE, f"{look.size} bytes, {row.size} in its row"
    else:
        return None
    return Difference(
        kind, row.key, detail, campaign_id=row.campaign_id, image_id=row.id, url=origin.url
    )


def _with_remedy(origin: Origin, difference: Difference, due: set[str]) -> Difference:
    if difference.kind is Kind.UNREADABLE:
        return difference
    if not origin.gone and origin.page_url in due:
        detail = f"{difference.detail}; its page is crawled again"
        return replace(difference, detail=detail, mended=True)
    remedy = (
        "its page lacks it by now: delete the image"
        if origin.gone
        else f"crawl its page again: {origin.page_url or 'unknown'}"
    )
    return replace(difference, detail=f"{difference.detail}; {remedy}")
