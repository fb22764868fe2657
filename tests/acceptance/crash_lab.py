"""Installations in a state worth crashing in, each with a database and a store of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Coroutine
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid4

import boto3
import psutil
from installation import Installation
from serve import DemoShop
from workers import STANDING, WorkerProcess, until

from imagecrawler.db.campaigns import add_campaign
from imagecrawler.db.database import Database
from imagecrawler.items import Target
from imagecrawler.jobs.queue import JobQueue, Priority

CAMPAIGN, OWNER = UUID(int=0xCA), UUID(int=0xAB)
DRESSED = {"first": "backpack-front-forest", "second": "mug-front", "third": "lamp-front"}
UNFINISHED = """
    SELECT 1 FROM scrape_jobs WHERE state <> 'finished'
    UNION ALL SELECT 1 FROM procrastinate_jobs WHERE lock IS NOT NULL
"""
VARIABLE = "IMAGECRAWLER_CRASH_AT"

T = TypeVar("T")


@dataclass
class Site:
    """An installation, and the processes that an operation runs in it.

    ``armed``: where they kill themselves, "" for nowhere.
    """

    installation: Installation
    shop: DemoShop
    armed: str = ""
    logs: list[Path] = field(default_factory=list)

    def rows(self, query: str, *values: object) -> list[Any]:
        return [dict(row) for row in self.installation.rows(query, *values)]

    def ask(self, question: Callable[[Database], Coroutine[Any, Any, T]]) -> T:
        async def answer() -> T:
            database = Database(self.installation.database_url)
            try:
                return await question(database)
            finally:
                await database.close()

        return asyncio.run(answer())

    def submit(self, *, incremental: bool = False) -> None:
        """A job as the API and the night put it into the queue."""
        target = Target(self.shop.url + "/window", CAMPAIGN, OWNER)

        async def put(database: Database) -> None:
            async with database.session() as db:
                await JobQueue(database).submit(db, target, priority=Priority.INTERACTIVE)

        self.ask(put)
        self.rows("UPDATE scrape_jobs SET incremental = %s WHERE state = 'queued'", incremental)

    def is_idle(self) -> bool:
        """Whether no job waits or runs, nor has left its lane taken."""
        return not self.rows(UNFINISHED)

    def work(self, done: Callable[[], bool], *options: str) -> bool:
        """Whether a standing worker lives until it is ``done``."""
        with self._environment():
            worker = WorkerProcess(self.installation, self._log(), (*STANDING, *options))
        process = worker.process
        # a process that has killed itself is a zombie until it is waited for
        until(lambda: _is_dead(process) or done(), f"see {self.logs[-1]}")
        worker.browsers()
        process.terminate()
        code = process.wait(60)
        _, left = psutil.wait_procs(worker.family, timeout=20)
        assert left == [], left
        assert code in (0, -9), self.logs[-1].read_text()[-3000:]
        return bool(code == 0)

    def run(self, *command: str) -> bool:
        """Whether a command of ours lives until its end."""
        done = self.installation.run("imagecrawler", *command, **{VARIABLE: self.armed})
        assert done.returncode in (0, -9), done.stderr
        return done.returncode == 0

    def _environment(self) -> Any:
        return _Armed(self.installation.environment, self.armed)

    def _log(self) -> Path:
        self.logs.append(self.installation.folder / f"worker-{len(self.logs)}.log")
        return self.logs[-1]


class _Armed:
    def __init__(self, environment: dict[str, str], armed: str) -> None:
        self._environment, self._armed = environment, armed

    def __enter__(self) -> None:
        self._environment[VARIABLE] = self._armed

    def __exit__(self, *_: object) -> None:
        del self._environment[VARIABLE]


class CrashLab:
    """``make_database`` clones a database by its name and gives its address.

    With the ``endpoint`` of an S3 service objects go into buckets, which are not copied.
    """

    def __init__(
        self,
        folder: Path,
        make_database: Callable[[str], str],
        template: str,
        shop: DemoShop,
        endpoint: str = "",
    ) -> None:
        self._folder = folder
        self._make_database = make_database
        self._template = template
        self._shop = shop
        self._endpoint = endpoint
        self._states: dict[str, Installation] = {}

    def site(self, state: Callable[[CrashLab], Site]) -> Site:
        """A copy of the state, which is made the first time that it is asked for."""
        name = state.__name__
        if name not in self._states:
            self._states[name] = state(self).installation
        return self._copy(self._states[name])

    def fresh(self) -> Site:
        """Nothing but the schema."""
        return self._site(self._make_database(self._template))

    def _copy(self, original: Installation) -> Site:
        site = self._site(self._make_database(_name(original.database_url)))
        if original.media.exists():
            shutil.copytree(original.media, site.installation.media)
        return site

    def _site(self, url: str) -> Site:
        self._shop.window.clear()
        self._shop.window.update(DRESSED)
        folder = self._folder / _name(url)
        folder.mkdir()
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("IMAGECRAWLER")
        }
        environment |= {
            "IMAGECRAWLER_DATA_DIR": str(folder),
            "IMAGECRAWLER_DATABASE_URL": url,
            "IMAGECRAWLER_EGRESS_ALLOW": "127.0.0.0/8",
            "IMAGECRAWLER_EGRESS_PORTS": "*",
            "IMAGECRAWLER_CDN_BASE_URL": "https://cdn.example",
            "IMAGECRAWLER_JWT_SECRET": "a-secret-of-the-crash-tests-alone",
            **(in_bucket(self._endpoint) if self._endpoint else {}),
        }
        return Site(Installation(environment, url, folder), self._shop)


def in_bucket(endpoint: str) -> dict[str, str]:
    """Settings of a new bucket of the S3 service."""
    keys = {"aws_access_key_id": "anybody", "aws_secret_access_key": "anything"}
    session = boto3.session.Session(**keys, region_name="us-east-1")
    with closing(session.client("s3", endpoint_url=endpoint)) as client:
        client.create_bucket(Bucket=(name := f"crashes-{uuid4().hex}"))
    return {
        "IMAGECRAWLER_STORAGE_URL": f"s3://{name}",
        "IMAGECRAWLER_R2_ENDPOINT_URL": endpoint,
        "IMAGECRAWLER_R2_ACCESS_KEY_ID": "anybody",
        "IMAGECRAWLER_R2_SECRET_ACCESS_KEY": "anything",
    }


def empty(lab: CrashLab) -> Site:
    """A campaign without images."""
    site = lab.fresh()

    async def add(database: Database) -> None:
        async with database.session() as db:
            await add_campaign(db, "Crash", OWNER, CAMPAIGN)

    site.ask(add)
    return site


def crawled(lab: CrashLab) -> Site:
    """The shop's window was crawled, and each image used once since."""
    site = lab.site(empty)
    site.submit()
    assert site.work(site.is_idle)
    site.rows("UPDATE scraped_images SET times_used = 1")
    return site


def _is_dead(process: psutil.Popen) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def _name(url: str) -> str:
    """Of the database at an address."""
    return url.partition("?")[0].rpartition("/")[2]
