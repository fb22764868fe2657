"""The schema's version: Alembic's revisions in ``migrations/``, applied without its command."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, cast

from sqlalchemy import Connection, NullPool, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from imagecrawler.db.failures import database_error, sqlstate
from imagecrawler.db.url import SYNC, place, with_driver
from imagecrawler.errors import DatabaseError

if TYPE_CHECKING:
    from alembic.config import Config

#: Not Alembic's default: a host application in the same database may use that itself.
VERSION_TABLE: Final = "imagecrawler_version"

#: Seconds that a migration waits for a table, while all who come after it wait behind it.
LOCK_SECONDS: Final = 2

#: How often a migration is tried that did not get its table, and the seconds in between.
ATTEMPTS: Final = 15
PAUSE_SECONDS: Final = 2.0

_UPGRADE_LOCK = int.from_bytes(b"imgcrawl")
_LOCK_NOT_AVAILABLE = "55P03"


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema to ``revision``; waits for an upgrade under way elsewhere.

    Each revision is a transaction of its own, so that no table stays locked for the following
    ones; after a failure those before it are kept. Raises DatabaseError.
    """
    # the common case: Alembic need not even be imported
    if revision == "head" and current(url) == head():
        return
    from alembic import command

    _run(url, lambda config: command.upgrade(config, revision))


def downgrade(url: str, revision: str = "base") -> None:
    """Take the schema back. Tables that the host application made stay. Raises DatabaseError."""
    from alembic import command

    _run(url, lambda config: command.downgrade(config, revision))


def current(url: str) -> str | None:
    """The revision of the database, None before the first. Raises DatabaseError."""
    with _connected(url) as connection:
        return revision_of(connection)


def revision_of(connection: Connection) -> str | None:
    """The revision that an open connection sees, None before the first."""
    if not connection.scalar(text("SELECT to_regclass(:table)"), {"table": VERSION_TABLE}):
        return None
    revision: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608
    return revision


@cache
def head() -> str:
    """The newest revision this version of the program knows: its files are numbered."""
    names = (entry.name for entry in (_migrations() / "versions").iterdir())
    return max(name.partition("_")[0] for name in names if name[0].isdigit())


def _run(url: str, go: Callable[[Config], object]) -> None:
    from alembic.util import CommandError

    with _connected(url) as holder, _connected(url) as connection:
        _exclude_others(holder)
        event.listen(connection, "begin", _limit_waiting)
        with _alembic(connection) as config:
            try:
                _insist(lambda: go(config), connection)
            except CommandError as error:
                where = place(connection.engine.url)
                raise DatabaseError(f"PostgreSQL at {where}: {error}") from error


def _exclude_others(holder: Connection) -> None:
    # Not waited for in one statement: its snapshot would keep an index of the other upgrade from
    # being finished. The lock is a transaction's, on a connection of its own, as poolers have it.
    taken = text("SELECT pg_try_advisory_xact_lock(:key)")
    while not holder.scalar(taken, {"key": _UPGRADE_LOCK}):
        time.sleep(0.1)


def _limit_waiting(connection: Connection) -> None:
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")


def _insist(go: Callable[[], object], connection: Connection) -> None:
    """Goes on where it did not get a table, which whoever has it may soon let go."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            go()
            connection.commit()
        except DBAPIError as error:
            if sqlstate(error) != _LOCK_NOT_AVAILABLE or attempt == ATTEMPTS:
                raise
            connection.rollback()
            time.sleep(PAUSE_SECONDS)
        else:
            return


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    address = with_driver(url, SYNC)
    engine = create_engine(address, poolclass=NullPool, connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        raise database_error(error, address) from error


@contextmanager
def _alembic(connection: Connection) -> Iterator[Config]:
    from alembic.config import Config

    with _script_directory() as directory:
        config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
        config.set_main_option("script_location", str(directory).replace("%", "%%"))
        yield config


@contextmanager
def _script_directory() -> Iterator[Path]:
    """``migrations/`` beside this package: in a checkout, in site-packages or in an egg."""
    directory = _migrations()
    if isinstance(directory, Path):
        yield directory
        return
    with TemporaryDirectory(prefix="imagecrawler-migrations-") as extracted:
        _extract(directory, Path(extracted))
        yield Path(extracted)


def _migrations() -> Path:
    # Traversable lacks `parent`; pathlib.Path and zipfile.Path, the two kinds there are, have it.
    return cast(Path, resources.files("imagecrawler")).parent / "migrations"


def _extract(source: Traversable, target: Path) -> None:
    # resources.as_file takes directories only from Python 3.12 on.
    for entry in source.iterdir():
        if entry.is_dir():
            (target / entry.name).mkdir()
            _extract(entry, target / entry.name)
        else:
            (target / entry.name).write_bytes(entry.read_bytes())
