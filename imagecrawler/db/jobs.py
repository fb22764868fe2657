"""Jobs: one row for every crawl of a page, from its place in the queue to its outcome.

Each change of state is told to listeners by the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Text, cast, func, null, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.db.changes import UNCHANGED, Changes
from imagecrawler.db.events import JobEvent, notify
from imagecrawler.db.job_models import ScrapeJob
from imagecrawler.db.pages import last_counts, note_failure
from imagecrawler.db.text import storable
from imagecrawler.domains import registrable_domain
from imagecrawler.errors import BadInput
from imagecrawler.items import PageItem, Rejection, Target
from imagecrawler.presentation.response import scrape_response


async def add_job(
    db: AsyncSession, target: Target, priority: int, idempotency_key: str | None = None
) -> tuple[UUID, bool]:
    """A job that waits for a lane: its id, and whether it is new.

    It is not when the user has given the key before; then nothing is written.
    Raises BadInput where the key stands for another target, UnknownCampaign.
    """
    row = _row(target, uuid4()) | {
        "state": "queued",
        "priority": priority,
        "idempotency_key": idempotency_key,
    }
    statement = (
        insert(ScrapeJob)
        .values(row)
        .on_conflict_do_nothing(
            index_elements=["user_id", "idempotency_key"],
            index_where=ScrapeJob.idempotency_key.is_not(None),
        )
    )
    added = await db.scalar(statement.returning(ScrapeJob.id))
    if added is not None:
        await notify(db, JobEvent(added, "queued"))
        return added, True
    return await _first_of(db, target, idempotency_key), False


async def open_job(
    db: AsyncSession, target: Target, job_id: UUID, external_id: str | None = None
) -> int:
    """Note that the job runs, for which time (from 1); one that was cut off starts anew.

    Raises BadInput when the id is a finished job's or another campaign's, UnknownCampaign on
    commit when the campaign is gone.
    """
    start: dict[str, Any] = {
        "state": "running",
        "outcome": None,
        "detail": "",
        "external_id": external_id,
        "progress": {},
        "result": null(),
        "changes": null(),
        "started_at": func.now(),
        "finished_at": None,
        "not_before": None,
    }
    unfinished = (ScrapeJob.state != "finished") & (ScrapeJob.campaign_id == target.campaign_id)
    again = start | {"attempts": ScrapeJob.attempts + 1}
    attempts = await _upsert(db, target, job_id, start | {"attempts": 1}, again, unfinished)
    if attempts is None:
        raise BadInput(f"job_id: {job_id} is another job's; leave it out, or give a new UUID")
    await notify(db, JobEvent(job_id, "started"))
    return attempts


async def requeue_job(db: AsyncSession, job_id: UUID, *, counts: bool = True) -> None:
    """The job waits again: who ran it has let go of it. A finished one stays finished.

    ``counts``: that was an attempt, for the page may be to blame.
    """
    waiting = (
        update(ScrapeJob)
        .where(ScrapeJob.id == job_id, ScrapeJob.state == "running")
        .values(
            state="queued",
            started_at=None,
            progress={},
            attempts=ScrapeJob.attempts - (0 if counts else 1),
        )
        .returning(ScrapeJob.id)
    )
    if await db.scalar(waiting) is not None:
        await notify(db, JobEvent(job_id, "queued"))


async def note_progress(db: AsyncSession, events: Sequence[JobEvent]) -> frozenset[UUID]:
    """Write how far jobs are, of one or of several; listeners hear of those that run.

    Returns the jobs that were written: a row that somebody else has locked is not waited for, as
    a cascade that wants several may hold one of them.
    """
    news: dict[UUID, dict[str, Any]] = {}
    for each in events:
        news.setdefault(each.job_id, {})[each.stage] = {"count": each.count, "total": each.total}
    ours = select(ScrapeJob.id).where(ScrapeJob.id.in_(list(news)))
    free = ours.with_for_update(skip_locked=True, key_share=True)
    rows = await db.execute(
        update(ScrapeJob)
        .where(ScrapeJob.id.in_(free.scalar_subquery()))
        .values(progress=ScrapeJob.progress.concat(_by_job(news)))
        .returning(ScrapeJob.id, ScrapeJob.state)
    )
    written = {row.id: row.state for row in rows}
    await notify(db, *(each for each in events if written.get(each.job_id) == "running"))
    return frozenset(written)


def _by_job(news: Mapping[UUID, Mapping[str, Any]]) -> ColumnElement[Any]:
    whole = cast({str(job_id): stages for job_id, stages in news.items()}, JSONB)
    return whole[cast(ScrapeJob.id, Text)]


async def finish_job(db: AsyncSession, item: PageItem) -> None:
    """Write the outcome, the counts, every rejection, the timings and the answer of the item.

    An unchanged page has the counts of the crawl before, and no answer. One that gave nothing
    waits the longer for its next turn.
    """
    if item.unchanged:
        counts = await last_counts(db, item.target)
        await _finish(db, item, *counts, result=null(), changes=UNCHANGED)
        return
    result = storable(scrape_response(item))
    await _finish(db, item, len(item.stored), len(item.rejections), result=result)
    if not item.stored:
        # after the job's row, as a cascading delete takes the two
        await note_failure(db, item.target)


async def _finish(
    db: AsyncSession, item: PageItem, saved: int, skipped: int, **answer: Any
) -> None:
    end = {
        "state": "finished",
        "outcome": item.outcome.value,
        "detail": storable(item.detail),
        "images_found": saved + skipped,
        "images_saved": saved,
        "images_skipped": skipped,
        "rejections": [_rejection(each) for each in item.rejections],
        "timings": storable(item.timings),
        "finished_at": func.now(),
    }
    end |= answer
    await _upsert(db, item.target, item.job_id, end, end)
    await notify(db, JobEvent(item.job_id, "finished", saved, saved + skipped))


async def keep_result(db: AsyncSession, item: PageItem, changes: Changes | None) -> None:
    """Write the answer again, now that its images have their ids, and what is different."""
    result = storable(scrape_response(item))
    values = {"result": result, "changes": null() if changes is None else storable(changes)}
    await db.execute(update(ScrapeJob).where(ScrapeJob.id == item.job_id).values(values))


async def _first_of(db: AsyncSession, target: Target, idempotency_key: str | None) -> UUID:
    first = select(ScrapeJob.id, ScrapeJob.campaign_id, ScrapeJob.url, ScrapeJob.max_images).where(
        ScrapeJob.user_id == target.user_id, ScrapeJob.idempotency_key == idempotency_key
    )
    job_id, *asked = (await db.execute(first)).one()
    if asked != [target.campaign_id, storable(target.url), target.max_images]:
        raise BadInput(f"idempotency key {idempotency_key!r}: already given to another request")
    known: UUID = job_id
    return known


def _row(target: Target, job_id: UUID) -> dict[str, Any]:
    return {
        "id": job_id,
        "campaign_id": target.campaign_id,
        "user_id": target.user_id,
        "url": storable(target.url),
        "max_images": target.max_images,
        "domain": storable(registrable_domain(target.url)),
    }


async def _upsert(
    db: AsyncSession,
    target: Target,
    job_id: UUID,
    first: Mapping[str, Any],
    later: Mapping[str, Any],
    where: ColumnElement[bool] | None = None,
) -> int | None:
    """The row's attempts, None where it was not written: ``where`` says which one may be.

    ``first`` are the values of a new row, ``later`` those of one that is there.
    """
    statement = insert(ScrapeJob).values(_row(target, job_id) | dict(first))
    statement = statement.on_conflict_do_update(
        index_elements=["id"], set_=dict(later), where=where
    )
    attempts: int | None = await db.scalar(statement.returning(ScrapeJob.attempts))
    return attempts


def _rejection(rejection: Rejection) -> dict[str, str | None]:
    fields = {
        "original_url": rejection.url,
        "reason": rejection.reason.value,
        "detail": rejection.detail,
        "duplicate_of": rejection.duplicate_of,
    }
    known: dict[str, str | None] = storable(fields)
    return known
