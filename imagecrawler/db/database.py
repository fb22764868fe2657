"""The connection to PostgreSQL: one Database per process, one session per unit of work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from typing import Any, Final, Self

from sqlalchemy import AsyncAdaptedQueuePool, NullPool, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from imagecrawler.config import Config
from imagecrawler.db import migrate
from imagecrawler.db.embedded import EmbeddedServer
from imagecrawler.db.failures import UPGRADE, database_failures
from imagecrawler.db.url import ASYNC, place, with_driver
from imagecrawler.errors import DatabaseError

CONNECT_SECONDS = 5
LOCK_SECONDS = 10
STATEMENT_SECONDS = 30

#: A job opens one connection and not six; a worker at rest keeps none of them. With one kept four
#: jobs at once opened 1.3 a page, with two 0.4.
LINGER_SECONDS = 5.0
KEPT = 2

#: libpq's: a machine that is gone is noticed after 25 s, waiting or sending.
_CONNECTION: Final = {
    "connect_timeout": CONNECT_SECONDS,
    "tcp_user_timeout": 25_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    # Poolers such as PgBouncer lose prepared statements between transactions.
    "prepare_threshold": None,
}


@cache
def _limits(lock_seconds: int, statement_seconds: int) -> Select[tuple[str, str]]:
    return select(
        func.set_config("lock_timeout", f"{lock_seconds}s", True),
        func.set_config("statement_timeout", f"{statement_seconds}s", True),
    )


class Database:
    """Opens sessions. ``url`` is its address, without a driver and with the password."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int | None = None,
        lingers: bool = False,
        server: EmbeddedServer | None = None,
    ) -> None:
        """``pool_size`` connections are kept, None: one is opened per use.

        Where it ``lingers``, KEPT are until none was used for LINGER_SECONDS.

        ``server`` is given back on close. Raises BadConfiguration when ``url`` is none.
        """
        self.url = url
        self._address = with_driver(url, ASYNC)
        self._server = server
        self._engine = create_async_engine(
            self._address,
            connect_args=_CONNECTION,
            **_pool(pool_size, lingers=lingers),
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self._lingers = pool_size is None and lingers
        self._in_use = 0
        self._letting_go: asyncio.TimerHandle | None = None

    @classmethod
    def from_config(
        cls, config: Config, *, lingers: bool = False, server: EmbeddedServer | None = None
    ) -> Self:
        """The configured database, or the embedded one: started, and its schema upgraded.

        Blocks while the embedded server starts, unless ``server`` is a handle on it that was
        started before; it is given back with the rest. Raises BadConfiguration or DatabaseError.
        """
        pool_size = config.db_pool_size if config.db_pool == "queue" else None
        if config.database_url is not None:
            url = config.database_url.get_secret_value()
            return cls(url, pool_size=pool_size, lingers=lingers)
        server = server or EmbeddedServer(config.data_dir)
        server.start()
        try:
            migrate.upgrade(server.url)
        except DatabaseError:
            server.stop()
            raise
        return cls(server.url, pool_size=pool_size, lingers=lingers, server=server)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed at the end of the block, rolled back when it raises.

        No statement in it takes more than STATEMENT_SECONDS, or LOCK_SECONDS for a lock.
        Raises DatabaseError when PostgreSQL fails, UnknownCampaign when the campaign is deleted
        meanwhile.
        """
        with database_failures(self._address), self._lingering():
            async with self._sessions.begin() as session:
                # In the transaction: poolers refuse start-up options, and share what SET leaves.
                await session.execute(_limits(LOCK_SECONDS, STATEMENT_SECONDS))
                yield session

    @contextmanager
    def _lingering(self) -> Iterator[None]:
        """Lets the connection go a while after its last use."""
        self._in_use += 1
        if self._letting_go is not None:
            self._letting_go.cancel()
            self._letting_go = None
        try:
            yield
        finally:
            self._in_use -= 1
            if self._lingers and not self._in_use:
                loop = asyncio.get_running_loop()
                self._letting_go = loop.call_later(LINGER_SECONDS, self._let_go)

    def _let_go(self) -> None:
        self._disposing = asyncio.create_task(self._engine.dispose(), name="let a connection go")

    async def check(self) -> None:
        """Raises DatabaseError unless the server answers and its schema is ours."""
        async with self.session() as db:
            found = await db.run_sync(lambda sync: migrate.revision_of(sync.connection()))
        if found != migrate.head():
            where = place(self._address)
            state = f"has schema {found}" if found else "lacks our tables"
            raise DatabaseError(f"PostgreSQL at {where} {state}; {UPGRADE}")

    async def close(self) -> None:
        """Close the connections, and the embedded server when nobody else uses it."""
        if self._letting_go is not None:
            self._letting_go.cancel()
        await self._engine.dispose()
        if self._server is not None:
            await asyncio.to_thread(self._server.stop)


def _pool(size: int | None, *, lingers: bool) -> dict[str, Any]:
    if size is None and not lingers:
        return {"poolclass": NullPool}
    # one more than kept is opened, and closed after its use
    more = {"max_overflow": -1} if size is None else {}
    return {
        "poolclass": AsyncAdaptedQueuePool,
        "pool_size": size or KEPT,
        "pool_pre_ping": True,
        "pool_use_lifo": True,
        **more,
    }
