from __future__ import annotations

import asyncio
import socket
from contextlib import closing

import psycopg2
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from imagecrawler.config import load_config
from imagecrawler.db import database as database_module
from imagecrawler.db import migrate
from imagecrawler.db.campaigns import add_campaign, lock_campaign
from imagecrawler.db.database import Database
from imagecrawler.errors import DatabaseError

CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"


@pytest.fixture
def closed_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener.getsockname()[1]


async def test_check_of_a_current_database(database):
    await database.check()


async def test_check_names_the_remedy(database_url, empty_database_url, run_sql):
    run_sql(database_url, "UPDATE imagecrawler_version SET version_num = '0000'")
    for url, problem in (
        (empty_database_url, "lacks our tables"),
        (database_url, "has schema 0000"),
    ):
        database = Database(url)
        with pytest.raises(DatabaseError, match=f"{problem}; run: imagecrawler db upgrade"):
            await database.check()
        await database.close()


async def test_a_missing_table_names_the_remedy(empty_database_url):
    database = Database(empty_database_url)
    with pytest.raises(DatabaseError, match="run: imagecrawler db upgrade"):
        async with database.session() as db:
            await db.execute(text("SELECT * FROM scraped_images"))
    await database.close()


@pytest.mark.parametrize("act", [Database.check, lambda database: migrate_in_thread(database.url)])
async def test_an_unreachable_server_is_named_without_its_password(closed_port, act):
    database = Database(f"postgres://someone:hunter2@127.0.0.1:{closed_port}/shop")
    with pytest.raises(DatabaseError) as error:
        await act(database)
    assert f"127.0.0.1:{closed_port}/shop" in str(error.value)
    assert "refused" in str(error.value)
    assert "hunter2" not in str(error.value)
    assert "\n" not in str(error.value)
    await database.close()


async def test_a_block_is_one_transaction(database, sql):
    insert = text("INSERT INTO users DEFAULT VALUES")
    with pytest.raises(ZeroDivisionError):
        await execute_and_fail(database, insert)
    assert sql("SELECT count(*) FROM users") == [(0,)]
    async with database.session() as db:
        await db.execute(insert)
    assert sql("SELECT count(*) FROM users") == [(1,)]


async def test_a_connection_that_is_cut_is_a_database_error(database):
    with pytest.raises(DatabaseError, match="terminating connection"):
        async with database.session() as db:
            await db.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


async def test_a_lock_that_is_held_ends_the_wait(
    database, database_url, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(database_module, "LOCK_SECONDS", 0.1)
    async with database.session() as db:
        campaign = await add_campaign(db, "Test")
    with closing(psycopg2.connect(database_url)) as holder, holder.cursor() as cursor:
        key = f"imagecrawler:{campaign.id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        with pytest.raises(DatabaseError, match="lock timeout") as error:
            async with database.session() as db:
                await lock_campaign(db, campaign.id)
    assert "\n" not in str(error.value)


async def test_a_statement_that_does_not_end_is_ended(database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(database_module, "STATEMENT_SECONDS", 0.1)
    with pytest.raises(DatabaseError, match="statement timeout"):
        async with database.session() as db:
            await db.execute(text("SELECT pg_sleep(60)"))


async def test_the_limits_are_those_of_a_transaction(database):
    async with database.session() as db:
        limits = await db.execute(
            text("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        )
        assert limits.one() == ("10s", "30s")


async def test_a_violated_check_is_our_fault_and_stays_visible(database):
    with pytest.raises(IntegrityError):
        async with database.session() as db:
            await db.execute(
                text("INSERT INTO object_keys VALUES (gen_random_uuid(), 0, NULL, '')")
            )


async def test_a_pool_keeps_its_connections(database_url, sql):
    config = load_config(database_url=SecretStr(database_url), db_pool="queue", db_pool_size=2)
    database = Database.from_config(config)
    backend = text("SELECT pg_backend_pid()")
    pids = set()
    for _ in range(3):
        async with database.session() as db:
            pids.add(await db.scalar(backend))
    assert len(pids) == 1
    await database.close()


async def test_without_a_pool_no_connection_stays(database, sql):
    await database.check()
    # A server process ends a moment after its client has gone: waits for it, up to the time-out.
    while sql(CONNECTIONS) != [(1,)]:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def execute_and_fail(database, statement):
    async with database.session() as db:
        await db.execute(statement)
        raise ZeroDivisionError


async def migrate_in_thread(url: str) -> None:
    await asyncio.to_thread(migrate.upgrade, url)


async def test_what_lingers_keeps_one_connection_for_a_while(database_url, sql, monkeypatch):
    monkeypatch.setattr(database_module, "LINGER_SECONDS", 0.3)
    database = Database(database_url, lingers=True)

    async def backend() -> int:
        async with database.session() as db:
            return await db.scalar(text("SELECT pg_backend_pid()"))

    first = await backend()
    assert await backend() == first
    await asyncio.sleep(1)
    assert sql("SELECT pid FROM pg_stat_activity WHERE pid = %s", first) == []
    assert await backend() != first
    await database.close()
