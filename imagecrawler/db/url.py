"""Database addresses: a driver for the service, another for migrations, no password shown."""

from __future__ import annotations

from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from imagecrawler.errors import BadConfiguration

ASYNC: Final = "psycopg"
SYNC: Final = "psycopg2"

_EXPECTED = "IMAGECRAWLER_DATABASE_URL: must be postgresql://user:password@host:port/database"


def with_driver(url: str, driver: str) -> URL:
    """The same database through ``driver``, whichever driver ``url`` names, if any.

    Raises BadConfiguration where ``url`` is no PostgreSQL address. The message never repeats
    any part of it: what cannot be parsed may be a password.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise BadConfiguration(_EXPECTED) from None
    if parsed.drivername.partition("+")[0] not in ("postgresql", "postgres"):
        raise BadConfiguration(_EXPECTED)
    if "@" in (parsed.host or ""):
        raise BadConfiguration(f"{_EXPECTED}, with @ in a password written as %40")
    return parsed.set(drivername=f"postgresql+{driver}")


def conninfo(url: str) -> str:
    """The address as libpq takes it, password included. Raises BadConfiguration."""
    parsed = with_driver(url, ASYNC).set(drivername="postgresql")
    return parsed.render_as_string(hide_password=False)


def place(url: URL) -> str:
    """``host:port/database``, for messages."""
    host = url.host or str(url.query.get("host", "localhost"))
    port = f":{url.port}" if url.port else ""
    return f"{host}{port}/{url.database or ''}"
