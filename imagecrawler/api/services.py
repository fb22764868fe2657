"""What the routes work with; opened and closed by the application's lifespan."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.config import Config
from imagecrawler.db.database import Database
from imagecrawler.jobs.events import JobEvents
from imagecrawler.jobs.queue import JobQueue
from imagecrawler.storage import ObjectStore, open_store

SESSIONS: Final = 20
"""Transactions at once in this process: a burst of requests must not use up PostgreSQL's 100
connections, which are everybody's."""


@dataclass(frozen=True, slots=True)
class Services:
    """One of each per process."""

    config: Config
    database: Database
    queue: JobQueue
    events: JobEvents
    store: ObjectStore
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SESSIONS))

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction, as :meth:`Database.session`, after those that were here before."""
        async with self.gate, self.database.session() as db:
            yield db


@asynccontextmanager
async def open_services(config: Config) -> AsyncIterator[Services]:
    """Blocks while an embedded database starts. Raises BadConfiguration or DatabaseError."""
    store = open_store(config)
    database = Database.from_config(config)
    events = JobEvents(database)
    try:
        await database.check()
        await events.open()
        yield Services(config, database, JobQueue(database, config.domain_slots), events, store)
    finally:
        await events.close()
        await database.close()
        await store.close()


def _of_request(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


Serving = Annotated[Services, Depends(_of_request)]
