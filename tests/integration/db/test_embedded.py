from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from imagecrawler.config import load_config
from imagecrawler.db.database import Database
from imagecrawler.db.embedded import EmbeddedServer
from imagecrawler.errors import DatabaseError

USE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from imagecrawler.db.embedded import EmbeddedServer
EmbeddedServer(Path(sys.argv[1])).start()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def data_dir():
    with TemporaryDirectory(prefix="imagecrawler-test-") as directory:
        yield Path(directory) / "var"


def pid_of(data_dir) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])


def test_the_last_handle_stops_the_server(data_dir, run_sql):
    servers = [EmbeddedServer(data_dir) for _ in range(4)]
    with ThreadPoolExecutor() as threads:
        list(threads.map(EmbeddedServer.start, servers))
    for server in servers[1:]:
        server.stop()
    assert run_sql(servers[0].url, "SELECT 1") == [(1,)]
    servers[0].stop()
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


def test_a_handle_is_taken_once(data_dir):
    server = EmbeddedServer(data_dir)
    server.start()
    server.start()
    server.stop()
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


def test_data_stays_from_one_start_to_the_next(data_dir, run_sql):
    server = EmbeddedServer(data_dir)
    server.start()
    run_sql(server.url, "CREATE TABLE kept ()")
    server.stop()
    server.start()
    assert run_sql(server.url, "SELECT count(*) FROM kept") == [(0,)]
    server.stop()


def test_a_killed_process_leaves_neither_a_lock_nor_a_server_for_ever(data_dir, run_sql):
    killed = subprocess.run([sys.executable, "-c", USE_AND_DIE, str(data_dir)], check=False)
    assert killed.returncode == -signal.SIGKILL
    os.kill(pid_of(data_dir), 0)
    server = EmbeddedServer(data_dir)
    server.start()
    assert run_sql(server.url, "SELECT 1") == [(1,)]
    server.stop()
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


def test_a_killed_server_is_started_again(data_dir, run_sql):
    before, after = EmbeddedServer(data_dir), EmbeddedServer(data_dir)
    before.start()
    run_sql(before.url, "CREATE TABLE kept ()")
    os.kill(pid_of(data_dir), signal.SIGKILL)
    after.start()
    assert run_sql(after.url, "SELECT count(*) FROM kept") == [(0,)]
    before.stop()
    after.stop()


def test_an_interrupted_initdb_is_done_again(data_dir, run_sql):
    (data_dir / "postgres.new" / "base").mkdir(parents=True)
    server = EmbeddedServer(data_dir)
    server.start()
    assert run_sql(server.url, "SELECT 1") == [(1,)]
    server.stop()


def test_a_pid_that_is_another_process_by_now_is_no_server(data_dir, run_sql):
    server = EmbeddedServer(data_dir)
    server.start()
    server.stop()
    for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
        (data_dir / "postgres" / name).write_text(f"{os.getpid()}\n")
    server.start()
    assert run_sql(server.url, "SELECT 1") == [(1,)]
    server.stop()


@pytest.mark.parametrize("name", ["d" * 120, "a,b: c's %20 é"])
def test_any_path_will_do(data_dir, run_sql, name):
    server = EmbeddedServer(data_dir / name)
    server.start()
    assert run_sql(server.url, "SELECT 1") == [(1,)]
    server.stop()


def test_environment_of_another_server_is_no_trouble(data_dir, run_sql, monkeypatch):
    for name, value in {"PGPORT": "6666", "PGHOST": "nowhere", "PGDATA": "/nowhere"}.items():
        monkeypatch.setenv(name, value)
    server = EmbeddedServer(data_dir)
    server.start()
    assert run_sql(server.url, "SELECT 1") == [(1,)]
    server.stop()


def test_a_cluster_of_another_version_is_named(data_dir):
    (data_dir / "postgres").mkdir(parents=True)
    (data_dir / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(DatabaseError, match=r"postgres is of PostgreSQL 16.*DATABASE_URL"):
        EmbeddedServer(data_dir).start()


def test_a_server_that_does_not_start_says_why_in_one_line(data_dir):
    server = EmbeddedServer(data_dir)
    server.start()
    server.stop()
    with (data_dir / "postgres" / "postgresql.conf").open("a") as conf:
        conf.write("\nshared_buffers = lots\n")
    with pytest.raises(DatabaseError) as error:
        server.start()
    assert "pg_ctl" in str(error.value)
    assert "FATAL" in str(error.value)
    assert "\n" not in str(error.value)


async def test_database_without_a_url_is_embedded_and_migrated(data_dir):
    database = Database.from_config(load_config(data_dir=data_dir, database_url=None))
    await database.check()
    await database.close()
    assert not (data_dir / "postgres" / "postmaster.pid").exists()
