from __future__ import annotations

import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, create_engine

import imagecrawler
from imagecrawler.db import migrate
from imagecrawler.db.models import Base
from imagecrawler.db.url import SYNC, with_driver
from imagecrawler.errors import DatabaseError

TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)
TYPES = "SELECT typname FROM pg_type WHERE typname LIKE 'procrastinate%'"
FUNCTIONS = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
UPGRADE = """
import sys
sys.path.insert(0, sys.argv[1])
import imagecrawler
from imagecrawler.db import migrate
assert imagecrawler.__file__.startswith(sys.argv[1]), imagecrawler.__file__
migrate.upgrade(sys.argv[2])
"""


def test_up_down_and_up_again(empty_database_url, run_sql):
    assert migrate.current(empty_database_url) is None
    migrate.upgrade(empty_database_url)
    assert migrate.current(empty_database_url) == migrate.head()
    migrate.downgrade(empty_database_url)
    assert run_sql(empty_database_url, TABLES) == [("imagecrawler_version",)]
    assert run_sql(empty_database_url, FUNCTIONS) == []
    assert run_sql(empty_database_url, TYPES) == []
    migrate.upgrade(empty_database_url)
    assert migrate.current(empty_database_url) == migrate.head()


def test_the_models_are_what_the_migrations_make(database_url):
    engine = create_engine(with_driver(database_url, SYNC), poolclass=NullPool)
    options = {
        "version_table": migrate.VERSION_TABLE,
        "compare_type": True,
        "compare_server_default": True,
        "include_name": lambda name, *_: not (name or "").startswith("procrastinate_"),
    }
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_who_waits_when_the_queue_goes_has_failed(database_url, run_sql):
    run_sql(
        database_url,
        "WITH owner AS (INSERT INTO users DEFAULT VALUES RETURNING id), "
        "campaign AS (INSERT INTO campaigns (user_id, name) SELECT id, 'A' FROM owner "
        "RETURNING id, user_id) INSERT INTO scrape_jobs (campaign_id, user_id, url, max_images, "
        "state) SELECT id, user_id, 'http://x/', 1, 'queued' FROM campaign",
    )
    migrate.downgrade(database_url, "0001")
    assert run_sql(database_url, "SELECT state, outcome FROM scrape_jobs") == [
        ("finished", "failed")
    ]


def test_upgrades_at_once_wait_for_each_other(empty_database_url):
    with ThreadPoolExecutor() as threads:
        list(threads.map(migrate.upgrade, [empty_database_url] * 4))
    assert migrate.current(empty_database_url) == migrate.head()


def test_a_failed_upgrade_leaves_nothing(empty_database_url, run_sql):
    run_sql(empty_database_url, "CREATE TABLE deleted_objects ()")
    with pytest.raises(DatabaseError, match='"deleted_objects" already exists'):
        migrate.upgrade(empty_database_url)
    assert run_sql(empty_database_url, TABLES) == [("deleted_objects",)]


def test_a_failed_upgrade_keeps_the_revisions_before_it(empty_database_url, run_sql):
    migrate.upgrade(empty_database_url)
    migrate.downgrade(empty_database_url, "0002")
    run_sql(empty_database_url, "CREATE TABLE sites ()")
    with pytest.raises(DatabaseError, match='"sites" already exists'):
        migrate.upgrade(empty_database_url)
    assert migrate.current(empty_database_url) == "0002"
    run_sql(empty_database_url, "DROP TABLE sites")
    migrate.upgrade(empty_database_url)
    assert migrate.current(empty_database_url) == migrate.head()


def test_a_build_that_was_cut_off_is_done_again(database_url, run_sql):
    migrate.downgrade(database_url, "0004")
    run_sql(database_url, "CREATE INDEX idx_scrape_jobs_user_unfinished ON scrape_jobs (url)")
    migrate.upgrade(database_url)
    migrate.downgrade(database_url)


def test_a_table_in_use_is_asked_for_again(database_url, monkeypatch):
    migrate.downgrade(database_url, "0002")
    with closing(psycopg2.connect(database_url)) as reader:
        reader.cursor().execute("SELECT FROM scrape_jobs")
        monkeypatch.setattr(migrate, "LOCK_SECONDS", 0.1)
        monkeypatch.setattr(time, "sleep", lambda seconds: reader.rollback())
        migrate.upgrade(database_url)
    assert migrate.current(database_url) == migrate.head()


def test_a_table_that_stays_in_use_is_left_alone(database_url, monkeypatch, run_sql):
    migrate.downgrade(database_url, "0002")
    monkeypatch.setattr(migrate, "LOCK_SECONDS", 0.1)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with closing(psycopg2.connect(database_url)) as reader:
        reader.cursor().execute("SELECT FROM scrape_jobs")
        with pytest.raises(DatabaseError, match="lock timeout"):
            migrate.upgrade(database_url)
    assert migrate.current(database_url) == "0002"


def test_a_schema_newer_than_the_program_is_named(database_url, run_sql):
    run_sql(database_url, "UPDATE imagecrawler_version SET version_num = '9999'")
    with pytest.raises(DatabaseError, match=r"/test_\d+: Can't locate revision .*'9999'"):
        migrate.upgrade(database_url)


def test_migrations_run_from_an_egg(tmp_path, empty_database_url):
    root = Path(imagecrawler.__file__).parents[1]
    egg = tmp_path / "imagecrawler.egg"
    with zipfile.ZipFile(egg, "w") as archive:
        for package in ("imagecrawler", "migrations"):
            for path in (root / package).rglob("*.py"):
                archive.write(path, path.relative_to(root))
    subprocess.run([sys.executable, "-c", UPGRADE, egg, empty_database_url], check=True)
    assert migrate.current(empty_database_url) == migrate.head()
