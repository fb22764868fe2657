"""Many pages at once: put into the queue, and followed until the last of them has ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import func, select

from imagecrawler.batch import Batch, Counts
from imagecrawler.db.batch_results import count_batch, workers_alive
from imagecrawler.db.batches import (
    PageChoice,
    add_all_pages,
    add_due_pages,
    add_lines,
    close_batch,
    open_batch,
    owned_campaigns,
)
from imagecrawler.db.database import Database
from imagecrawler.db.lanes import release_jobs
from imagecrawler.errors import DatabaseError
from imagecrawler.jobs.bulk_file import BatchFile
from imagecrawler.jobs.queue import Priority

Entry = TypeVar("Entry")

#: Pages put in by one transaction: others may put theirs in between, and an interruption costs few.
CHUNK: Final = 5_000

#: Seconds between two looks at a batch, and the part of the time that looking may take.
FOLLOW_SECONDS: Final = 1.0
FOLLOW_SHARE: Final = 0.05


async def enqueue_file(database: Database, file: BatchFile, *, slots: int) -> Batch:
    """A re-crawl of each page of the file; the batch of the same file that is under way goes on.

    ``slots``: pages of one domain at once. Raises BadLines before anything is enqueued.
    """
    async with database.session() as db:
        file.check(await owned_campaigns(db, file.campaigns))
        batch = await open_batch(db, "file", file.path.name, file.digest)
    if batch.enqueued_at is None:
        for lines in _chunks(file.lines(batch.id), CHUNK):
            async with database.session() as db:
                await add_lines(db, batch.id, lines, priority=Priority.NIGHTLY)
        batch = await _close(database, batch, slots)
    return replace(batch, skipped=len(file.pages) - batch.total)


async def enqueue_due(
    database: Database,
    *,
    slots: int,
    hours: float,
    everything: bool = False,
    kind: str = "nightly",
    campaign_id: UUID | None = None,
) -> Batch:
    """A re-crawl of every page that is due, or of all; each is due again ``hours`` from now.

    ``slots``: pages of one domain at once. Any number of processes may do so at once. A batch of
    kind ``recrawl`` that is under way goes on.
    """
    async with database.session() as db:
        now: datetime = (await db.execute(select(func.now()))).scalar_one()
        name = _name(now, kind, everything=everything, campaign_id=campaign_id)
        batch = await open_batch(db, kind, name)
    if everything and batch.enqueued_at is not None:
        return batch
    choice = PageChoice(timedelta(hours=hours), Priority.NIGHTLY, CHUNK, campaign_id)
    skipped, more, after = 0, True, None
    while more:
        async with database.session() as db:
            if everything:
                added = await add_all_pages(db, batch, after, choice)
            else:
                added = await add_due_pages(db, batch, now, choice)
        skipped += added.pages - added.jobs
        more, after = added.pages == CHUNK, added.last
    return replace(await _close(database, batch, slots), skipped=skipped)


async def follow(
    database: Database,
    batch: Batch,
    on_counts: Callable[[Counts, int], None],
    on_trouble: Callable[[str], None],
) -> None:
    """Until its last job has ended. ``on_counts``: jobs, and workers alive.

    ``on_trouble`` is told when PostgreSQL is away, which may pass.
    """
    while True:
        began = time.monotonic()
        try:
            async with database.session() as db:
                counts = await count_batch(db, batch.id)
                workers = await workers_alive(db)
        except DatabaseError as error:
            on_trouble(str(error))
        else:
            on_counts(counts, workers)
            if not counts.left:
                return
        took = time.monotonic() - began
        await asyncio.sleep(max(FOLLOW_SECONDS, took / FOLLOW_SHARE))


async def _close(database: Database, batch: Batch, slots: int) -> Batch:
    async with database.session() as db:
        batch = await close_batch(db, batch)
    async with database.session() as db:
        await release_jobs(db, slots)
    return batch


def _name(now: datetime, kind: str, *, everything: bool, campaign_id: UUID | None) -> str:
    """Schedulers of the same minute share a batch, and so do the same commands."""
    if kind == "nightly":
        return f"{now:%Y-%m-%d %H:%M}"
    pages = "all pages" if everything else "pages due"
    return f"{pages} of campaign {campaign_id}" if campaign_id else pages


def _chunks(entries: Iterable[Entry], size: int) -> Iterator[list[Entry]]:
    remaining = iter(entries)
    while chunk := list(islice(remaining, size)):
        yield chunk
