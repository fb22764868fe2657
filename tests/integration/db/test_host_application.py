"""Beside a host application whose users and campaigns want more than we know."""

from __future__ import annotations

from uuid import uuid4

import pytest
from procrastinate.schema import SchemaManager

from imagecrawler.db import migrate
from imagecrawler.db.campaigns import add_campaign, ensure_demo_campaign, find_campaign
from imagecrawler.db.database import Database
from imagecrawler.errors import DatabaseError

USER, CAMPAIGN = uuid4(), uuid4()
HOST_SCHEMA = f"""
    CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
    INSERT INTO alembic_version VALUES ('host-7');
    CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL);
    CREATE TABLE campaigns (
        id uuid PRIMARY KEY, user_id uuid REFERENCES users (id), title text NOT NULL
    );
    INSERT INTO users VALUES ('{USER}', 'a@b.example');
    INSERT INTO campaigns VALUES ('{CAMPAIGN}', '{USER}', 'Autumn');
"""


@pytest.fixture
def host_url(empty_database_url, run_sql):
    run_sql(empty_database_url, HOST_SCHEMA)
    migrate.upgrade(empty_database_url)
    return empty_database_url


@pytest.fixture
async def host(host_url):
    database = Database(host_url)
    yield database
    await database.close()


async def test_its_campaigns_are_ours(host):
    await host.check()
    async with host.session() as db:
        assert (await find_campaign(db, CAMPAIGN)).user_id == USER
        assert (await add_campaign(db, "Autumn", USER, CAMPAIGN)).id == CAMPAIGN


@pytest.mark.parametrize("add", [ensure_demo_campaign, lambda db: add_campaign(db, "New", USER)])
async def test_its_tables_refuse_a_bare_campaign_in_one_line(host, add):
    with pytest.raises(DatabaseError, match="host application's tables refuse") as error:
        async with host.session() as db:
            await add(db)
    assert "\n" not in str(error.value)


def test_a_downgrade_leaves_what_is_its(host_url, run_sql):
    migrate.downgrade(host_url)
    assert run_sql(host_url, "SELECT title FROM campaigns") == [("Autumn",)]
    assert run_sql(host_url, "SELECT email FROM users") == [("a@b.example",)]
    assert run_sql(host_url, "SELECT version_num FROM alembic_version") == [("host-7",)]
    assert run_sql(host_url, "SELECT to_regclass('scraped_images')") == [(None,)]


def test_ids_of_another_type_are_named(empty_database_url, run_sql):
    run_sql(empty_database_url, "CREATE TABLE users (id bigint PRIMARY KEY)")
    with pytest.raises(DatabaseError, match=r"incompatible types: uuid and bigint") as error:
        migrate.upgrade(empty_database_url)
    assert "\n" not in str(error.value)


def test_its_procrastinate_is_shared_and_stays(empty_database_url, run_sql):
    run_sql(empty_database_url, SchemaManager.get_schema())
    task = "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('host', 'mail')"
    run_sql(empty_database_url, task)
    migrate.upgrade(empty_database_url)
    migrate.downgrade(empty_database_url)
    assert run_sql(empty_database_url, "SELECT task_name FROM procrastinate_jobs") == [("mail",)]


def test_a_procrastinate_of_another_version_is_named(empty_database_url, run_sql):
    run_sql(empty_database_url, "CREATE TABLE procrastinate_jobs ()")
    with pytest.raises(DatabaseError, match="apply Procrastinate's migrations") as error:
        migrate.upgrade(empty_database_url)
    assert "\n" not in str(error.value)
