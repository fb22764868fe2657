"""The product as its users run it: processes, with a database, a store and the demo shop."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from installation import Installation
from serve import DemoShop
from workers import SECONDS, WorkerProcess, until

from imagecrawler.db.campaigns import find_campaign
from imagecrawler.db.database import Database
from imagecrawler.items import Target
from imagecrawler.jobs.queue import JobQueue, Priority


@pytest.fixture
def installation(database_url: str, tmp_path: Path) -> Installation:
    """A fresh, migrated database and an empty filesystem store."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("IMAGECRAWLER_")
    }
    environment |= {
        "IMAGECRAWLER_DATA_DIR": str(tmp_path),
        "IMAGECRAWLER_DATABASE_URL": database_url,
        "IMAGECRAWLER_EGRESS_ALLOW": "127.0.0.0/8",
    }
    return Installation(environment, database_url, tmp_path)


@pytest.fixture
def campaign(installation: Installation) -> str:
    """A campaign of the installation."""
    [row] = installation.rows(
        "WITH owner AS (INSERT INTO users (id) VALUES (gen_random_uuid()) RETURNING id) "
        "INSERT INTO campaigns (id, user_id, name) "
        "SELECT gen_random_uuid(), id, 'Autumn' FROM owner RETURNING id::text"
    )
    identifier: str = row["id"]
    return identifier


@pytest.fixture
def one_line() -> Callable[[str], str]:
    """The only line of a text; fails when there are more, or a traceback."""

    def check(text: str) -> str:
        lines = text.strip().splitlines()
        assert len(lines) == 1, text
        return lines[0]

    return check


@pytest.fixture
def start_worker(installation: Installation, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    workers: list[WorkerProcess] = []

    def start(*command: str) -> WorkerProcess:
        log = tmp_path / f"worker-{len(workers)}.log"
        workers.append(WorkerProcess(installation, log, command or ("imagecrawler", "worker")))
        return workers[-1]

    yield start
    for worker in workers:
        if worker.process.is_running():
            worker.process.kill()
            worker.process.wait(SECONDS)


@pytest.fixture
def submit(installation: Installation, database: Database, campaign: str, shop: DemoShop):
    async def submit(path: str, **extra: Any) -> UUID:
        async with database.session() as db:
            owner = await find_campaign(db, campaign)
            target = Target(shop.url + path, owner.id, owner.user_id, **extra)
            return await JobQueue(database).submit(db, target, priority=Priority.INTERACTIVE)

    return submit


@pytest.fixture
def job(installation: Installation) -> Callable[[UUID], Any]:
    def row(job_id: UUID) -> Any:
        [found] = installation.rows("SELECT * FROM scrape_jobs WHERE id = %s", str(job_id))
        return found

    return row


@pytest.fixture
def reached(job: Callable[[UUID], Any]) -> Callable[[UUID, str], None]:
    def wait(job_id: UUID, state: str) -> None:
        until(lambda: job(job_id)["state"] == state, f"{state}: {job(job_id)}")

    return wait


@pytest.fixture
def endpoint(s3_endpoint: str) -> str:
    """The address of an S3 service."""
    return s3_endpoint
