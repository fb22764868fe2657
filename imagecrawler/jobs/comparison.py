"""Store and database side by side, in key order and constant memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from uuid import UUID

from imagecrawler.db.database import Database
from imagecrawler.db.keys import parse_key
from imagecrawler.db.reconciliation import ImageRow, images_after
from imagecrawler.jobs.merge import Pair, merge
from imagecrawler.presentation.differences import Report
from imagecrawler.storage import ObjectStore
from imagecrawler.storage.store import ObjectInfo

PREFIX = "campaigns/"

#: Rows read at once.
ROWS = 2000

#: Pairs compared between two looks at whether the lock is still held.
PULSE = 1000

#: Keys of one campaign that are settled in one transaction.
BATCH = 100


class Comparison:
    """Reads both sides and yields where they seem to differ."""

    def __init__(
        self,
        database: Database,
        store: ObjectStore,
        report: Report,
        settled_before: datetime,
        pulse: Callable[[], Awaitable[object]],
    ) -> None:
        self._database = database
        self._store = store
        self._report = report
        self._settled_before = settled_before
        self._pulse = pulse
        self._strays = False

    async def suspects(self) -> AsyncIterator[Pair]:
        """Listing and rows are read at different moments: what seems to differ need not."""
        async for pair in merge(self._objects(), self._rows()):
            if self._is_suspect(pair):
                yield pair
        if self._strays:
            async for row in self._all_rows():
                if not _is_below_its_campaign(row):
                    yield Pair(None, row)

    def _is_suspect(self, pair: Pair) -> bool:
        if pair.row is not None:
            return pair.object is None or pair.object.size != pair.row.size
        assert pair.object is not None
        if not _may_be_ours(pair.key):
            self._report.other += 1
        elif pair.object.modified > self._settled_before:
            self._report.young += 1
        else:
            return True
        return False

    async def _objects(self) -> AsyncIterator[ObjectInfo]:
        async for info in self._store.list(PREFIX):
            if self._report.objects % PULSE == 0:
                await self._pulse()
            self._report.objects += 1
            yield info

    async def _rows(self) -> AsyncIterator[ImageRow]:
        async for row in self._all_rows():
            self._report.rows += 1
            if _is_below_its_campaign(row):
                yield row
            else:
                # Out of the listing's order: it is looked up by itself afterwards.
                self._strays = True

    async def _all_rows(self) -> AsyncIterator[ImageRow]:
        last = None
        while True:
            async with self._database.session() as db:
                page = await images_after(db, last, ROWS)
            await self._pulse()
            for row in page:
                yield row
            if len(page) < ROWS:
                return
            last = page[-1]


async def by_campaign(
    pairs: AsyncIterator[Pair],
) -> AsyncIterator[tuple[UUID | None, list[Pair]]]:
    """Neighbours of one campaign together, at most BATCH."""
    group: list[Pair] = []
    campaign_id = None
    async for pair in pairs:
        found = _campaign_of(pair)
        if group and (found != campaign_id or len(group) == BATCH):
            yield campaign_id, group
            group = []
        campaign_id = found
        group.append(pair)
    if group:
        yield campaign_id, group


def _campaign_of(pair: Pair) -> UUID | None:
    if pair.row is not None:
        return pair.row.campaign_id
    parsed = parse_key(pair.key)
    return parsed[0] if parsed else None


def _is_below_its_campaign(row: ImageRow) -> bool:
    return row.key.startswith(f"{PREFIX}{row.campaign_id}/")


def _may_be_ours(key: str) -> bool:
    """Whether it lies where our objects do; the host application may keep others beside them."""
    return key.split("/")[2:3] == ["scraped-images"]
