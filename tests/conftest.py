"""A real PostgreSQL (one server, a migrated database per test) and the demo shop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2
import pytest
from serve import DemoShop

from imagecrawler.db import migrate
from imagecrawler.db.database import Database
from imagecrawler.db.embedded import EmbeddedServer

TEMPLATE = "template_imagecrawler"


@pytest.fixture(scope="session")
def shop_server() -> Iterator[DemoShop]:
    """The demo shop for the whole run, its pictures drawn beforehand."""
    with DemoShop() as shop:
        shop.prepare()
        yield shop


@pytest.fixture
def shop(shop_server: DemoShop) -> DemoShop:
    """The demo shop; ``requests`` is this test's own log."""
    shop_server.requests.clear()
    return shop_server


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server with a migrated template database; nothing else may connect to the template."""
    # Not pytest's tmp_path: every run of pytest closes its parent to other users, and for root
    # the server is one.
    with TemporaryDirectory(prefix="imagecrawler-test-") as directory:
        server = EmbeddedServer(Path(directory))
        server.start()
        _make_template(server)
        yield server.url
        server.stop()


def _make_template(server: EmbeddedServer) -> None:
    _run_sql(server.url, "ALTER SYSTEM SET fsync = off")
    _run_sql(server.url, "SELECT pg_reload_conf()")
    _run_sql(server.url, f"CREATE DATABASE {TEMPLATE}")
    migrate.upgrade(_named(server.url, TEMPLATE))


@pytest.fixture(scope="session")
def new_database(postgres_url: str) -> Callable[[str], str]:
    """Makes a database from a template (``template0``: an empty one) and gives its URL."""
    numbers = count(1)

    def make(template: str) -> str:
        name = f"test_{next(numbers)}"
        _run_sql(postgres_url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return _named(postgres_url, name)

    return make


@pytest.fixture
def database_url(new_database: Callable[[str], str]) -> str:
    """A fresh database with our schema."""
    return new_database(TEMPLATE)


@pytest.fixture
def empty_database_url(new_database: Callable[[str], str]) -> str:
    """A fresh database with nothing in it."""
    return new_database("template0")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """The address of an S3 service for the whole run."""
    # only those who use it pay for importing it
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    listener = server._server
    assert listener is not None
    server.stop()
    # stop() leaves the socket open, which would be a ResourceWarning.
    listener.server_close()


@pytest.fixture(scope="session")
def run_sql() -> Callable[..., list[tuple]]:
    """``run_sql(url, statement, *values)`` runs one plain statement and gives its rows."""
    return _run_sql


@pytest.fixture
def sql(database_url: str) -> Callable[..., list[tuple]]:
    """The same in the test's own database."""
    return lambda statement, *values: _run_sql(database_url, statement, *values)


def _run_sql(url: str, statement: str, *values: object) -> list[tuple]:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement, [str(value) for value in values] or None)
            return cursor.fetchall() if cursor.description else []


def _named(url: str, name: str) -> str:
    return url.replace("/postgres?", f"/{name}?")
