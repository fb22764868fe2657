"""Compares store and database both ways and mends what differs."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from imagecrawler.db.database import Database
from imagecrawler.db.reconciliation import try_reconcile_lock
from imagecrawler.errors import AlreadyRunning, DatabaseError, ImagecrawlerError
from imagecrawler.jobs.comparison import Comparison, by_campaign
from imagecrawler.jobs.merge import Pair
from imagecrawler.jobs.purge import purge_deleted
from imagecrawler.jobs.settle import Settler
from imagecrawler.presentation.differences import (
    Difference,
    Report,
    difference_line,
    summary,
)
from imagecrawler.storage import ObjectStore

logger = logging.getLogger(__name__)

#: Twice the longest a crawl takes from its first object to its rows: 90 s of uploads, then four
#: attempts to write the rows, each bound by the time limits of :mod:`imagecrawler.db.database`.
GRACE: Final = timedelta(minutes=10)


async def reconcile(
    database: Database,
    store: ObjectStore,
    *,
    fix: bool,
    grace: timedelta = GRACE,
    tell: Callable[[Difference], None] | None = None,
) -> Report:
    """Compares everything below ``campaigns/``; with ``fix``, mends what can be mended.

    ``tell`` gets every difference once it is settled. Objects without a row that are younger
    than ``grace`` are left alone. May run beside crawls, deletions and purges, and be killed at
    any point. Raises AlreadyRunning, StoreError when the store cannot be listed, DatabaseError.
    """
    report = Report(fix)
    async with _alone(database) as still_alone:
        # a directory that is not there lists as empty, and every row would lack its object
        await store.check()
        if fix:
            await purge_deleted(database, store)
        comparison = Comparison(database, store, report, datetime.now(UTC) - grace, still_alone)
        settler = Settler(database, store, fix=fix)
        async for campaign_id, pairs in by_campaign(comparison.suspects()):
            await still_alone()
            await _settle(settler, campaign_id, pairs, report, tell)
        if report.purged:
            await purge_deleted(database, store)
    return report


async def reconcile_once(database: Database, store: ObjectStore) -> None:
    """Mends, and logs what came of it; what fails is left to the next time."""
    try:
        report = await reconcile(database, store, fix=True)
    except AlreadyRunning as error:
        logger.info("%s", error)
    except ImagecrawlerError as error:
        logger.warning("store and database are not reconciled for now: %s", error)
    else:
        for difference in report.examples:
            logger.info("%s", difference_line(difference))
        level = logging.WARNING if report.remaining else logging.INFO
        logger.log(level, "reconciled: %s", summary(report))


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[Callable[[], Awaitable[object]]]:
    """Holds the lock of all reconcilers; calling what it yields raises once it is lost.

    The lock has a transaction of its own, which works with every pooler and holds no table.
    """
    async with database.session() as db:
        if not await try_reconcile_lock(db):
            raise AlreadyRunning("reconcile: already running; try again when that has ended")
        yield lambda: db.execute(select(1))


async def _settle(
    settler: Settler,
    campaign_id: UUID | None,
    pairs: list[Pair],
    report: Report,
    tell: Callable[[Difference], None] | None,
) -> None:
    try:
        settled = await settler.settle(campaign_id, pairs)
    except DatabaseError as error:
        logger.warning("%d keys of campaign %s not settled: %s", len(pairs), campaign_id, error)
        report.busy += len(pairs)
        return
    report.pending += settled.pending
    for difference in settled.differences:
        report.add(difference)
        if tell is not None:
            tell(difference)
