"""Deletes the objects of deleted rows: from the store first, then from ``deleted_objects``."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.crash_points import CrashPoint, crash_point
from imagecrawler.db.database import Database
from imagecrawler.db.models import DeletedObject, ScrapedImage
from imagecrawler.errors import DatabaseError, StoreError
from imagecrawler.jobs.ending import end
from imagecrawler.jobs.listener import Listener
from imagecrawler.storage import ObjectStore

logger = logging.getLogger(__name__)

#: Told by a trigger in the transaction that deleted something, cascades included.
CHANNEL = "imagecrawler_deleted"

BATCH = 100

#: Deletions under way at once.
CONCURRENCY = 8


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A row of ``deleted_objects``; ``named``: an image has the key again."""

    id: int
    key: str
    named: bool


async def purge_deleted(database: Database, store: ObjectStore) -> int:
    """Deletes what waits to be deleted and returns how many objects that were.

    Any number of processes may do so at once. What the store fails to delete stays and is
    tried again by the next call; a store that fails on a whole batch is left alone until then.
    The object of a key that a row names again is kept. Raises DatabaseError.
    """
    purged = after = 0
    while True:
        async with database.session() as db:
            batch = await _take(db, after)
            if not batch:
                return purged
            failed = await _delete_objects(store, [row for row in batch if not row.named])
            gone = [row.id for row in batch if row.id not in failed]
            await db.execute(delete(DeletedObject).where(DeletedObject.id.in_(gone)))
            crash_point(CrashPoint.OUTBOX_CLEARING)
        crash_point(CrashPoint.OUTBOX_CLEARED)
        purged += sum(not row.named for row in batch) - len(failed)
        if failed:
            why = next(iter(failed.values()))
            logger.warning("%d deleted objects are still in the store: %s", len(failed), why)
        if len(batch) < BATCH or len(failed) == len(batch):
            return purged
        after = batch[-1].id


async def _take(db: AsyncSession, after: int) -> list[_Waiting]:
    """The next rows that nobody else is at work on; they are ours until the transaction ends."""
    named = select(ScrapedImage.id).where(ScrapedImage.r2_path == DeletedObject.key).exists()
    query = (
        select(DeletedObject.id, DeletedObject.key, named.label("named"))
        .where(DeletedObject.id > after)
        .order_by(DeletedObject.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return [_Waiting(*row) for row in await db.execute(query)]


async def _delete_objects(store: ObjectStore, rows: list[_Waiting]) -> dict[int, StoreError]:
    """Why objects could not be deleted, by the id of their row."""
    gate = asyncio.Semaphore(CONCURRENCY)

    async def remove(row: _Waiting) -> StoreError | None:
        async with gate:
            try:
                await store.delete(row.key)
            except StoreError as error:
                return error
            crash_point(CrashPoint.OBJECT_DELETED)
        return None

    errors = await asyncio.gather(*(remove(row) for row in rows))
    return {row.id: error for row, error in zip(rows, errors, strict=True) if error is not None}


class Purger:
    """Purges as soon as something was deleted anywhere, and whenever it is told to."""

    def __init__(self, database: Database, store: ObjectStore) -> None:
        self._database = database
        self._store = store
        self._wanted = asyncio.Event()
        self._listener = Listener(database, CHANNEL, lambda _: self.wake(), self._wake)
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begins with what was left when nobody listened."""
        await self._listener.open()
        self._task = asyncio.create_task(self._run(), name="purge deleted objects")

    async def close(self) -> None:
        """Stops at once; what is not purged waits for the next. Closes the store too."""
        await self._listener.close()
        if self._task is not None:
            await end(self._task)
        await self._store.close()

    def wake(self) -> None:
        """Purge soon."""
        self._wanted.set()

    async def _wake(self) -> None:
        self.wake()

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await purge_deleted(self._database, self._store)
            except DatabaseError as error:
                logger.warning("deleted objects are not purged for now: %s", error)
