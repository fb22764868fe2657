"""Which of a worker's jobs need its browser: no further one is taken while all seats are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from procrastinate.connector import BaseConnector
from procrastinate.jobs import Job as QueueJob
from procrastinate.manager import JobManager


class Seats:
    """``count`` jobs at once from their beginning until their page is rendered.

    What comes after (decoding, uploads, rows) takes no browser: meanwhile it is another's.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._taken: set[UUID] = set()
        self._changed = asyncio.Event()
        self._is_closed = False

    @contextmanager
    def held(self, job_id: UUID) -> Iterator[None]:
        """Until the block is left, or :meth:`leave` is called for the job."""
        self._taken.add(job_id)
        try:
            yield
        finally:
            self.leave(job_id)

    def leave(self, job_id: UUID) -> None:
        """A second time, or of a job that has none, it means nothing."""
        self._taken.discard(job_id)
        self._changed.set()

    def close(self) -> None:
        """No further jobs are to be taken."""
        self._is_closed = True
        self._changed.set()

    async def wait(self) -> bool:
        """Returns when there is a free one; False when no further jobs are to be taken."""
        while len(self._taken) >= self._count and not self._is_closed:
            self._changed.clear()
            await self._changed.wait()
        return not self._is_closed


class SeatedJobManager(JobManager):
    """Procrastinate's, which fetches a job only where it finds a seat."""

    def __init__(self, connector: BaseConnector, seats: Seats) -> None:
        super().__init__(connector)
        self._seats = seats

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> QueueJob | None:
        """None, too, where none is to be taken any more."""
        if not await self._seats.wait():
            return None
        return await super().fetch_job(queues, worker_id)
