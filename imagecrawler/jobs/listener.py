"""A connection that LISTENs, and comes back by itself when PostgreSQL was away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import psycopg

from imagecrawler.db.database import Database
from imagecrawler.db.url import conninfo
from imagecrawler.jobs.ending import end

logger = logging.getLogger(__name__)

RECONNECT_SECONDS = 1.0

#: A connection whose other end vanished is noticed within a minute, not the system's two hours.
KEEPALIVES: Mapping[str, Any] = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}


class Listener:
    """Calls ``hear(payload)`` for each notification of ``channel``, in their order.

    ``catch_up()`` is awaited whenever listening has begun, first or again: what was told
    before then was not heard.
    """

    def __init__(
        self,
        database: Database,
        channel: str,
        hear: Callable[[str], None],
        catch_up: Callable[[], Awaitable[None]],
    ) -> None:
        self._address = conninfo(database.url)
        self._channel = channel
        self._hear = hear
        self._catch_up = catch_up
        self._tried = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Returns once it listens, or once a first attempt failed; it then tries on."""
        self._task = asyncio.create_task(self._run(), name=f"listen to {self._channel}")
        await self._tried.wait()

    async def close(self) -> None:
        """Without effect when it is not open."""
        if self._task is not None:
            await end(self._task)
            self._task = None

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as error:
                logger.warning("not listening to %s for now: %s", self._channel, error)
            finally:
                self._tried.set()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._address, autocommit=True, connect_timeout=5, **KEEPALIVES
        )
        async with connection:
            await connection.execute(f'LISTEN "{self._channel}"'.encode())
            self._tried.set()
            await self._catch_up()
            async for notification in connection.notifies():
                self._hear(notification.payload)
