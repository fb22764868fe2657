"""What SQLAlchemy raises, as one line for a person."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from imagecrawler.db.url import place
from imagecrawler.errors import DatabaseError, UnknownCampaign

UPGRADE = "run: imagecrawler db upgrade"

_UNDEFINED_COLUMN, _UNDEFINED_TABLE, _FOREIGN_KEY = "42703", "42P01", "23503"

#: What drivers call internal errors, although the server's state is to blame: it was a primary
#: until now, or an administrator's time limit has ended the transaction.
_SERVER_STATES = ("25006", "25P03", "25P04")


@contextmanager
def database_failures(url: URL) -> Iterator[None]:
    """Turn failures of the server, the connection and the schema into DatabaseError.

    A missing parent row becomes UnknownCampaign: campaigns and users are deleted while they
    are crawled. Other errors are faults of this program and pass. No message has a password.

    A statement that fails in a task which is being cancelled is the cancellation: psycopg raises
    the error alone where it could not call the statement off.
    """
    try:
        yield
    except PoolTimeoutError as error:
        _heed_cancellation(error)
        raise DatabaseError(f"PostgreSQL at {place(url)}: {error.args[0]}") from error
    except DBAPIError as error:
        _heed_cancellation(error)
        raise _translated(error, url) from error


def _heed_cancellation(error: Exception) -> None:
    try:
        task = asyncio.current_task()
    except RuntimeError:  # in no event loop
        return
    if task is not None and task.cancelling():
        raise asyncio.CancelledError from error


def database_error(error: DBAPIError, url: URL, remedy: str = "") -> DatabaseError:
    """The failure with host, database and reason in one line."""
    return DatabaseError(f"PostgreSQL at {place(url)}: {reason(error)}{remedy}")


def _translated(error: DBAPIError, url: URL) -> Exception:
    state = sqlstate(error)
    if state in (_UNDEFINED_TABLE, _UNDEFINED_COLUMN):
        return database_error(error, url, f"; {UPGRADE}")
    if state == _FOREIGN_KEY:
        return UnknownCampaign(f"the campaign or its owner is gone: {reason(error)}")
    if isinstance(error, OperationalError | InterfaceError) or state in _SERVER_STATES:
        return database_error(error, url)
    return error


def reason(error: DBAPIError) -> str:
    """The driver's message in one line, with PostgreSQL's detail where it gives one."""
    lines = [line.strip() for line in str(error.orig).splitlines() if line.strip()]
    return " ".join(line for line in lines[:2] if not line.startswith("LINE ")) or "no reason given"


def sqlstate(error: DBAPIError) -> str | None:
    """PostgreSQL's five-character code; psycopg and psycopg2 name it differently."""
    driver_error: Any = error.orig
    return getattr(driver_error, "sqlstate", None) or getattr(driver_error, "pgcode", None)
