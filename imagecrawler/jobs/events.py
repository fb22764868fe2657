"""Jobs as they move on, for everybody in this process who wants to follow one."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from imagecrawler.db.database import Database
from imagecrawler.db.events import CHANNEL, STAGES, JobEvent, notify
from imagecrawler.db.job_views import JobView, get_job
from imagecrawler.errors import DatabaseError
from imagecrawler.jobs.listener import Listener

__all__ = ["STAGES", "JobEvent", "JobEvents", "notify", "standing"]

logger = logging.getLogger(__name__)


class JobEvents:
    """One connection that LISTENs, any number of subscribers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._subscribers: defaultdict[UUID, set[asyncio.Queue[JobEvent]]] = defaultdict(set)
        self._listener = Listener(database, CHANNEL, self._hear, self._catch_up)

    async def open(self) -> None:
        """Returns once it listens; while PostgreSQL is away it tries on by itself."""
        await self._listener.open()

    async def close(self) -> None:
        """Lets go of the connection; open subscriptions hear nothing more."""
        await self._listener.close()

    @asynccontextmanager
    async def subscribe(self, job_id: UUID) -> AsyncIterator[AsyncIterator[JobEvent]]:
        """The job's events from now on, without an end: leave at "finished".

        Subscribe first and read the job's row then, or an end in between goes unheard. After a
        lost connection the state of the row comes as events, so that none waits for ever.
        """
        queue: asyncio.Queue[JobEvent] = asyncio.Queue()
        self._subscribers[job_id].add(queue)
        try:
            yield _events(queue)
        finally:
            self._subscribers[job_id].discard(queue)
            if not self._subscribers[job_id]:
                del self._subscribers[job_id]

    def _hear(self, payload: str) -> None:
        try:
            event = JobEvent.load(payload)
        except (TypeError, ValueError):
            logger.warning("%r on channel %s is no event of a job", payload, CHANNEL)
            return
        self._publish(event)

    def _publish(self, event: JobEvent) -> None:
        for queue in self._subscribers.get(event.job_id, ()):
            queue.put_nowait(event)

    async def _catch_up(self) -> None:
        try:
            for job_id in tuple(self._subscribers):
                async with self._database.session() as db:
                    job = await get_job(db, job_id)
                for event in standing(job) if job else ():
                    self._publish(event)
        except DatabaseError as error:
            logger.warning("what happened to jobs meanwhile is not known: %s", error)


async def _events(queue: asyncio.Queue[JobEvent]) -> AsyncIterator[JobEvent]:
    while True:
        yield await queue.get()


def standing(job: JobView) -> list[JobEvent]:
    """Where a job stands, as the events that brought it there."""
    counts = dict(job.progress)
    if job.state != "queued":
        counts["started"] = {"count": 0, "total": None}
    if job.state == "finished":
        counts["finished"] = {"count": job.images_saved, "total": job.images_found}
    if not counts:
        counts["queued"] = {"count": 0, "total": None}
    reached = [stage for stage in STAGES if stage in counts]
    return [JobEvent(job.id, stage, **counts[stage]) for stage in reached]
