"""A page into a PostgreSQL that fails: what is reported saved is saved, all else is told."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from scrapy.signalmanager import SignalManager
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.db import database as database_module
from imagecrawler.db.database import Database
from imagecrawler.db.pg_programs import run_program
from imagecrawler.errors import DatabaseError
from imagecrawler.items import Outcome
from imagecrawler.jobs.purge import purge_deleted
from imagecrawler.jobs.reconcile import reconcile
from pipelines import persistence
from pipelines import upload as upload_module
from pipelines.persistence import PersistencePipeline
from pipelines.upload import UploadPipeline

RAISE = "RAISE EXCEPTION 'told to fail' USING ERRCODE = '{}'"
FAULTS = {
    "killed backend": "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60)",
    "statement time-out": "PERFORM pg_sleep(60)",
    "deadlock": RAISE.format("40P01"),
    "serialization failure": RAISE.format("40001"),
    "lock time-out": RAISE.format("55P03"),
    "full disk": RAISE.format("53100"),
    "no longer the primary": RAISE.format("25006"),
    "too many connections": RAISE.format("53300"),
}
FAULTY = """
    CREATE SEQUENCE fault_number;
    CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF nextval('fault_number') <= {times} THEN {fault}; END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER fault BEFORE INSERT OR UPDATE OR DELETE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION fault()
"""
RECOVER = "DROP FUNCTION fault CASCADE; DROP SEQUENCE fault_number"
JOBS = "SELECT state, outcome, images_found, images_saved FROM scrape_jobs"
IMAGES = "SELECT count(*) FROM scraped_images"


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """No long waits, neither for a statement nor between two attempts."""
    monkeypatch.setattr(database_module, "STATEMENT_SECONDS", 1)
    for module in (upload_module, persistence):
        monkeypatch.setattr(module, "PAUSES", (0.0, 0.0))


@pytest.fixture
def tell(sql) -> Callable[..., None]:
    """The next ``times`` writes to the table fail."""

    def make_faulty(fault: str, table: str, times: int = 1) -> None:
        sql(FAULTY.format(fault=FAULTS[fault], table=table, times=times))

    return make_faulty


@pytest.mark.parametrize("table", ["object_keys", "scraped_images"])
@pytest.mark.parametrize("fault", FAULTS)
async def test_what_passes_costs_nothing(crawl, agreed, tell, sql, fault, table):
    tell(fault, table)
    item = await crawl()
    assert (item.outcome, len(item.stored)) == (Outcome.SUCCEEDED, 3)
    assert sql("SELECT last_value > 1 FROM fault_number") == [(True,)]
    assert sql(JOBS) == [("finished", "succeeded", 3, 3)]
    await agreed(item, rows=3)


@pytest.mark.parametrize("fault", FAULTS)
async def test_rows_that_cannot_be_written_are_written_by_reconcile(
    crawl, agreed, tell, sql, fault
):
    tell(fault, "scraped_images", times=99)
    item = await crawl()
    assert item.outcome is Outcome.PARTIAL
    assert "their rows are missing" in item.detail
    assert [each.id for each in item.stored] == [None] * 3
    assert sql(JOBS) == [("finished", "partial", 3, 3)]
    assert sql(IMAGES) == [(0,)]
    sql(RECOVER)
    await agreed(item, rows=3)


async def test_without_keys_nothing_is_put_and_the_job_is_tried_again(
    crawl, agreed, tell, store, sql
):
    tell("full disk", "object_keys", times=99)
    item = await crawl(may_retry_in=7.0)
    assert (item.outcome, item.retry_in) == (Outcome.FAILED, 7.0)
    assert "told to fail" in item.detail
    assert store.puts == []
    sql(RECOVER)
    await agreed(item, rows=0)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_purge_that_fails_is_done_again(crawl, tell, database, store, sql, fault):
    await crawl()
    sql("DELETE FROM campaigns")
    tell(fault, "deleted_objects")
    with pytest.raises(DatabaseError):
        await purge_deleted(database, store)
    assert sql("SELECT count(*) FROM deleted_objects") == [(3,)]
    assert await purge_deleted(database, store) == 3
    assert [info async for info in store.list()] == []


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_reconcile_that_fails_is_done_again(crawl, tell, database, store, sql, fault):
    await crawl()
    sql("TRUNCATE scraped_images")
    tell(fault, "scraped_images")
    report = await reconcile(database, store, fix=True, grace=timedelta(0))
    assert (report.busy, sql(IMAGES)) == (3, [(0,)])
    report = await reconcile(database, store, fix=True, grace=timedelta(0))
    assert (report.remaining, sql(IMAGES)) == (0, [(3,)])


async def test_a_real_deadlock_costs_one_attempt(crawl, agreed, database_url, sql, run_sql):
    """Ours holds the campaign and wants lock 1, the other holds that and wants the campaign."""
    sql(FAULTY.format(fault="PERFORM pg_advisory_xact_lock(1)", table="scraped_images", times=99))
    other = """
        BEGIN; SET LOCAL deadlock_timeout = '1min'; SELECT pg_advisory_xact_lock(1);
        SELECT pg_sleep(1); SELECT id FROM campaigns FOR UPDATE; COMMIT
    """
    deadlocked = asyncio.create_task(asyncio.to_thread(run_sql, database_url, other))
    while not sql("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 1"):  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    item = await crawl()
    await deadlocked
    assert item.outcome is Outcome.SUCCEEDED
    assert sql("SELECT deadlocks > 0 FROM pg_stat_database WHERE datname = current_database()")
    sql(RECOVER)
    await agreed(item, rows=3)


class Forgetful(Database):
    """Commits, and tells of a lost connection, ``times`` times."""

    times = 1

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        async with super().session() as db:
            yield db
        if self.times:
            self.times -= 1
            raise DatabaseError("the connection broke during the commit")


@pytest.mark.parametrize("stage", ["reserve", "save"])
async def test_a_commit_of_which_nobody_heard(
    database, database_url, store, page, scored, agreed, sql, stage
):
    forgetful = Forgetful(database_url)
    first, second = (forgetful, database) if stage == "reserve" else (database, forgetful)
    upload = UploadPipeline(first, store, SignalManager())
    persist = PersistencePipeline(second, SignalManager(), timedelta(hours=20))
    before = page(*(scored(name) for name in "abc"))
    item = await persist.process_item(await upload.process_item(before))
    await forgetful.close()
    assert forgetful.times == 0
    assert item.outcome is Outcome.SUCCEEDED
    assert sql(JOBS) == [("finished", "succeeded", 3, 3)]
    assert sql("SELECT count(*), max(number) FROM object_keys") == [(3, 3)]
    await agreed(item, rows=3)


@pytest.fixture
def refusing_url() -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield f"postgresql://nobody@127.0.0.1:{listener.getsockname()[1]}/x"


async def test_a_refused_connection_is_another_attempt(refusing_url, store, page, scored):
    database = Database(refusing_url)
    upload = UploadPipeline(database, store, SignalManager())
    item = await upload.process_item(page(scored("a"), may_retry_in=7.0))
    await database.close()
    assert (item.outcome, item.retry_in) == (Outcome.FAILED, 7.0)
    assert "refused" in item.detail
    assert store.puts == []


@pytest.fixture
def cluster(database_url: str) -> Path:
    """The directory of the server, which this test has for itself."""
    return Path(parse_qs(urlsplit(database_url).query)["host"][0]).resolve()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
async def test_a_server_that_is_restarted_in_mid_crawl_is_sat_out(
    cluster, upload, persist, page, scored, agreed, monkeypatch, mode
):
    for module in (upload_module, persistence):
        monkeypatch.setattr(module, "PAUSES", (1.0,) * 30)
    item = page(*(scored(name) for name in "abc"))
    for stage in (upload, persist):
        await asyncio.to_thread(run_program, "pg_ctl", cluster, "stop", "-w", "-m", mode)
        going_on = asyncio.create_task(stage.process_item(item))
        await asyncio.sleep(0.1)
        log = ("-l", str(cluster / "server.log"))
        await asyncio.to_thread(run_program, "pg_ctl", cluster, "start", "-w", *log)
        item = await going_on
    assert (item.outcome, len(item.stored)) == (Outcome.SUCCEEDED, 3)
    await agreed(item, rows=3)
