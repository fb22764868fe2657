"""Jobs in bulk, in SQL.

One transaction at a time puts jobs in: two that met in the unique index of unfinished re-crawls
from opposite ends would be a deadlock. A page has one job in a batch, whose id follows from both,
so that what was interrupted is done again without doing anything twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from psycopg import AsyncConnection
from sqlalchemy import TextClause, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.batch import Batch
from imagecrawler.db.job_models import JobBatch

_LOCK: Final = int.from_bytes(b"imgbatch")

_UNDER_WAY = text("""
    SELECT id, kind, name, total, created_at, enqueued_at FROM job_batches
    WHERE kind = :kind AND name = :name AND digest IS NOT DISTINCT FROM :digest
        AND (enqueued_at IS NULL OR EXISTS (
            SELECT FROM scrape_jobs WHERE batch_id = job_batches.id AND state = 'queued'
        ) OR EXISTS (
            SELECT FROM scrape_jobs WHERE batch_id = job_batches.id AND state = 'running'
        ))
    ORDER BY created_at DESC LIMIT 1
""")

_OWNED = text("SELECT id FROM campaigns WHERE id = ANY(:wanted) AND user_id IS NOT NULL")

_LINES = """
    CREATE TEMPORARY TABLE imagecrawler_lines (
        id uuid, campaign_id uuid, url text, max_images integer, domain text, line integer
    ) ON COMMIT DROP
"""

_COPY = "COPY imagecrawler_lines (id, campaign_id, url, max_images, domain, line) FROM STDIN"

_ADD_LINES = text("""
    INSERT INTO scrape_jobs
        (id, campaign_id, user_id, url, max_images, domain, state, priority, incremental, batch_id)
    SELECT line.id, campaign.id, campaign.user_id, line.url, line.max_images, line.domain,
        'queued', :priority, true, :batch
    FROM imagecrawler_lines AS line JOIN campaigns AS campaign ON campaign.id = line.campaign_id
    ORDER BY line.line
    ON CONFLICT DO NOTHING
""")

# Rows that somebody holds are pages being crawled at this moment. A page that was entered without
# its domain waits in the lane of its host.
_ADD_PAGES = """
    WITH chosen AS (
        SELECT id, next_due_at FROM sales_pages
        WHERE {which} AND (CAST(:campaign AS uuid) IS NULL OR campaign_id = :campaign)
        ORDER BY {order} LIMIT :limit FOR UPDATE SKIP LOCKED
    ), page AS (
        UPDATE sales_pages SET next_due_at = now() + :pause FROM chosen
        WHERE sales_pages.id = chosen.id
        RETURNING sales_pages.*, chosen.next_due_at AS was_due_at
    ), job AS (
        INSERT INTO scrape_jobs (id, campaign_id, user_id, url, max_images, domain,
            state, priority, incremental, batch_id)
        SELECT {job_id}, campaign_id, user_id, url, max_images,
            coalesce(nullif(domain, ''), lower(substring(url FROM '^https?://([^/?#]+)')), ''),
            'queued', :priority, true, :batch
        FROM page ORDER BY was_due_at, id
        ON CONFLICT DO NOTHING RETURNING id
    )
    SELECT (SELECT count(*) FROM page), (SELECT count(*) FROM job),
        (SELECT id FROM page ORDER BY id DESC LIMIT 1)
"""
_ADD_DUE = text(
    _ADD_PAGES.format(
        which="next_due_at <= :since", order="next_due_at", job_id="gen_random_uuid()"
    )
)
_ADD_ALL = text(
    _ADD_PAGES.format(
        which="id > :after", order="id", job_id="CAST(md5(CAST(:batch AS text) || id) AS uuid)"
    )
)
_FIRST: Final = UUID(int=0)

_CLOSE = text("""
    UPDATE job_batches SET enqueued_at = now(),
        total = (SELECT count(*) FROM scrape_jobs WHERE batch_id = job_batches.id)
    WHERE id = :batch RETURNING total, enqueued_at
""")


@dataclass(frozen=True, slots=True)
class Line:
    """A page of a file: the number of its line, from 1, and the job it becomes."""

    number: int
    job_id: UUID
    campaign_id: UUID
    url: str
    max_images: int
    domain: str


@dataclass(frozen=True, slots=True)
class PageChoice:
    """At most ``limit`` pages, of one campaign or of all; they are due again after ``pause``."""

    pause: timedelta
    priority: int
    limit: int
    campaign: UUID | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """Of ``pages`` pages ``jobs`` got a job; ``last`` is the greatest id among the pages."""

    pages: int
    jobs: int
    last: UUID | None


async def open_batch(db: AsyncSession, kind: str, name: str, digest: str | None = None) -> Batch:
    """The batch of that kind and name that is under way, else a new one.

    ``digest``: SHA-256 in hex of the file it comes from.
    """
    await _lock(db)
    values = {"kind": kind, "name": name, "digest": digest}
    row = (await db.execute(_UNDER_WAY, values)).one_or_none()
    if row is not None:
        return Batch(**row._mapping, new=False)
    columns = (JobBatch.id, JobBatch.created_at)
    batch_id, now = (await db.execute(insert(JobBatch).values(values).returning(*columns))).one()
    return Batch(batch_id, kind, name, 0, now)


async def close_batch(db: AsyncSession, batch: Batch) -> Batch:
    """All its jobs are in: it has its total."""
    row = (await db.execute(_CLOSE, {"batch": batch.id})).one()
    return replace(batch, total=row.total, enqueued_at=row.enqueued_at)


async def owned_campaigns(db: AsyncSession, wanted: Iterable[UUID]) -> set[UUID]:
    """Those of ``wanted`` that there are and that have an owner."""
    return set(await db.scalars(_OWNED, {"wanted": list(wanted)}))


async def add_lines(
    db: AsyncSession, batch_id: UUID, lines: Sequence[Line], *, priority: int
) -> None:
    """A re-crawl for each line, but where its page has one that waits or runs, or its job is there.

    Once a transaction. Raises UnknownCampaign when a campaign is deleted at that moment.
    """
    await _lock(db)
    await db.execute(text(_LINES))
    connection = (await (await db.connection()).get_raw_connection()).driver_connection
    assert isinstance(connection, AsyncConnection)
    async with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for line in lines:
            values = (line.job_id, line.campaign_id, line.url, line.max_images, line.domain)
            await copy.write_row((*values, line.number))
    await db.execute(_ADD_LINES, {"batch": batch_id, "priority": priority})


async def add_due_pages(
    db: AsyncSession, batch: Batch, since: datetime, choice: PageChoice
) -> Added:
    """A re-crawl for each of the pages that were due at ``since``, the longest due first."""
    return await _add(db, _ADD_DUE, batch, choice, {"since": since})


async def add_all_pages(
    db: AsyncSession, batch: Batch, after: UUID | None, choice: PageChoice
) -> Added:
    """A re-crawl for each of the pages, due or not, by their ids, from ``after`` on."""
    return await _add(db, _ADD_ALL, batch, choice, {"after": after or _FIRST})


async def _add(
    db: AsyncSession,
    statement: TextClause,
    batch: Batch,
    choice: PageChoice,
    which: dict[str, object],
) -> Added:
    await _lock(db)
    values = {"batch": batch.id, **which, **asdict(choice)}
    return Added(*(await db.execute(statement, values)).one())


async def _lock(db: AsyncSession) -> None:
    await db.execute(select(func.pg_advisory_xact_lock(_LOCK)))
