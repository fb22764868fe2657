"""What happens to a job, told to whoever listens: PostgreSQL's NOTIFY."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

CHANNEL = "imagecrawler_jobs"

#: In the order in which a job comes to them.
STAGES = ("queued", "started", "rendered", "found", "downloaded", "scored", "stored", "finished")


@dataclass(frozen=True, slots=True)
class JobEvent:
    """A job came to a stage, or further in it.

    ``stage`` is one of STAGES. ``total`` is None where it is not known, or where there is
    nothing to count.
    """

    job_id: UUID
    stage: str
    count: int = 0
    total: int | None = None

    def dump(self) -> str:
        """As it travels."""
        return json.dumps([str(self.job_id), self.stage, self.count, self.total])

    @classmethod
    def load(cls, payload: str) -> JobEvent:
        """Raises ValueError, or TypeError, for what :meth:`dump` has not written."""
        job_id, stage, count, total = json.loads(payload)
        return cls(UUID(job_id), stage, count, total)


async def notify(db: AsyncSession, *events: JobEvent) -> None:
    """Tell everybody who listens, in this order, when the session's transaction commits."""
    if events:
        await db.execute(select(*(func.pg_notify(CHANNEL, each.dump()) for each in events)))
