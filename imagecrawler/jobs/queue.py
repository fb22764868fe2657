"""The queue: Procrastinate's tables in the service's own PostgreSQL."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.db.database import Database
from imagecrawler.db.jobs import add_job
from imagecrawler.db.lanes import enter_lane
from imagecrawler.db.url import conninfo
from imagecrawler.items import Target

if TYPE_CHECKING:
    from procrastinate import App
    from psycopg import AsyncConnection

#: A night for which no worker was up is made up for within so many seconds.
MISSED_SECONDS = 6 * 3600.0

DOMAIN_SLOTS = 2


class Priority(IntEnum):
    """Higher goes first: a person who waits beats the night, and both let what is due pass."""

    NIGHTLY = 0
    INTERACTIVE = 100
    UPKEEP = 200


class JobQueue:
    """Where jobs are put; standing workers take them out.

    ``slots``: how many pages of one registrable domain are crawled at once.
    """

    def __init__(self, database: Database, slots: int = DOMAIN_SLOTS) -> None:
        self._database = database
        self._slots = slots

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
        job_id, is_new = await add_job(db, target, priority, idempotency_key)
        if is_new:
            await enter_lane(db, job_id, self._slots)
        return job_id

    def app(self) -> App:
        """Procrastinate's App on the same database, for those who take jobs out."""
        from procrastinate import App, PsycopgConnector

        # Poolers such as PgBouncer lose prepared statements between transactions.
        options = {"connect_timeout": 5, "prepare_threshold": None}
        address = conninfo(self._database.url)
        connector = PsycopgConnector(
            conninfo=address, min_size=1, max_size=4, kwargs=options, configure=_in_index_order
        )
        return App(connector=connector, periodic_defaults={"max_delay": MISSED_SECONDS})


async def _in_index_order(connection: AsyncConnection) -> None:
    """Jobs are fetched by their index.

    With statistics of before a night's jobs came, PostgreSQL would rather sort all that wait.
    """
    await connection.execute("SET enable_sort = off")
    await connection.execute("SET enable_bitmapscan = off")
    await connection.commit()
