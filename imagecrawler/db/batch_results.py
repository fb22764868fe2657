"""How far a batch is, and what became of its jobs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.batch import Batch, Counts, Failure, Summary
from imagecrawler.db.job_models import ScrapeJob

#: Reasons that a summary names.
MOST_FAILURES: Final = 10

#: A worker tells three times in so many seconds that it is alive.
SILENCE_SECONDS: Final = 30.0

#: Jobs that travel together.
_PAGE: Final = 1_000

# The index idx_scrape_jobs_batch has all of it.
_COUNTS = text("""
    SELECT state, outcome, count(*) FROM scrape_jobs WHERE batch_id = :batch
    GROUP BY state, outcome
""")

_TOTALS = text("""
    SELECT coalesce(sum(images_found), 0) AS found, coalesce(sum(images_saved), 0) AS saved,
        count(*) FILTER (WHERE changes @> '{"unchanged": true}') AS unchanged,
        min(started_at) AS began, max(finished_at) AS ended, now() AS now
    FROM scrape_jobs WHERE batch_id = :batch
""")

# Of two pages that fail for one reason the details differ in address and host.
_FAILURES = text(r"""
    SELECT outcome, reason, count(*), min(url) FROM (
        SELECT outcome, url, left(replace(
            regexp_replace(detail, 'https?://[^\s"''<>]+', '…', 'g'),
            substring(url FROM '^https?://([^/?#]+)'), '…'), 300) AS reason
        FROM scrape_jobs
        WHERE batch_id = :batch AND state = 'finished' AND outcome <> 'succeeded'
    ) AS failed
    GROUP BY outcome, reason ORDER BY 3 DESC, 2 LIMIT :most
""")

_FIELDS: Final = (
    *("id", "campaign_id", "url", "max_images", "state", "outcome", "detail"),
    *("images_found", "images_saved", "images_skipped", "attempts", "started_at", "finished_at"),
    "changes",
)


async def count_batch(db: AsyncSession, batch_id: UUID) -> Counts:
    """Its jobs by state and outcome."""
    states: dict[str, int] = {}
    ended: dict[str, int] = {}
    for state, outcome, count in await db.execute(_COUNTS, {"batch": batch_id}):
        if state == "finished":
            ended[outcome] = count
        else:
            states[state] = count
    return Counts(states.get("queued", 0), states.get("running", 0), ended)


async def summarise_batch(db: AsyncSession, batch: Batch) -> Summary:
    """What has become of it so far."""
    counts = await count_batch(db, batch.id)
    totals = (await db.execute(_TOTALS, {"batch": batch.id})).one()
    failures = await db.execute(_FAILURES, {"batch": batch.id, "most": MOST_FAILURES})
    end: datetime = totals.now if counts.left else totals.ended or totals.now
    return Summary(
        batch=batch,
        counts=counts,
        images_found=totals.found,
        images_saved=totals.saved,
        unchanged=totals.unchanged,
        seconds=(end - totals.began).total_seconds() if totals.began else 0.0,
        finished_at=None if counts.left else totals.ended,
        failures=tuple(Failure(*row) for row in failures),
    )


async def batch_jobs(db: AsyncSession, batch_id: UUID) -> AsyncIterator[dict[str, Any]]:
    """Each of its jobs, in the order in which they were put in."""
    query = (
        select(*(getattr(ScrapeJob, name) for name in _FIELDS))
        .where(ScrapeJob.batch_id == batch_id)
        .order_by(ScrapeJob.turn)
        .execution_options(yield_per=_PAGE)
    )
    async for row in await db.stream(query):
        yield dict(row._mapping)


async def workers_alive(db: AsyncSession) -> int:
    """Workers of whom something was heard within the last SILENCE_SECONDS."""
    query = text(
        "SELECT count(*) FROM procrastinate_workers "
        "WHERE last_heartbeat > now() - make_interval(secs => :silence)"
    )
    return await db.scalar(query, {"silence": SILENCE_SECONDS}) or 0
