"""The queue: jobs wait in Procrastinate's tables in the service's own PostgreSQL."""

from __future__ import annotations

import json
from enum import IntEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.db.database import Database
from imagecrawler.db.jobs import add_job
from imagecrawler.db.url import conninfo
from imagecrawler.items import Target

if TYPE_CHECKING:
    from procrastinate import App

#: Ours alone, also where the host application uses the same tables.
QUEUE = "imagecrawler"
SCRAPE = "imagecrawler.scrape"

#: By Procrastinate's function and not by its App: this must be the caller's transaction.
_DEFER = text("""
    SELECT procrastinate_defer_jobs_v1(ARRAY[
        ROW(:queue, :task, :priority, NULL, NULL, CAST(:args AS jsonb), NULL)
    ]::procrastinate_job_to_defer_v1[])
""")


class Priority(IntEnum):
    """Higher goes first: a person who waits beats the night."""

    NIGHTLY = 0
    INTERACTIVE = 100


class JobQueue:
    """Where jobs are put; standing workers take them out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def submit(
        self,
        db: AsyncSession,
        target: Target,
        *,
        priority: Priority,
        idempotency_key: str | None = None,
    ) -> UUID:
        """The id of the job, which waits from the commit of ``db`` on, or not at all.

        The same key of the same user again gives the first job's id. Raises BadInput where the
        key stands for another target, and UnknownCampaign when the campaign is gone.
        """
        job_id, is_new = await add_job(db, target, idempotency_key)
        if is_new:
            arguments = json.dumps({"job_id": str(job_id)})
            values = {"queue": QUEUE, "task": SCRAPE, "priority": priority, "args": arguments}
            await db.execute(_DEFER, values)
        return job_id

    def app(self) -> App:
        """Procrastinate's App on the same database, for those who take jobs out."""
        from procrastinate import App, PsycopgConnector

        # Poolers such as PgBouncer lose prepared statements between transactions.
        options = {"connect_timeout": 5, "prepare_threshold": None}
        address = conninfo(self._database.url)
        return App(
            connector=PsycopgConnector(conninfo=address, min_size=1, max_size=4, kwargs=options)
        )
