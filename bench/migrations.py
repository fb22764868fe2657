"""How long each migration keeps readers and writers from the tables of a full database.

    python bench/migrations.py [IMAGES]         # default 1000000

IMAGES images, a tenth as many jobs and pages, a hundredth as many campaigns, all of which pass
through every revision down and up again. Meanwhile a reader and a writer ask, as fast as they can,
for every table in turn: a reader waits for an ACCESS EXCLUSIVE lock only, a writer for the lock of
an index that is not built concurrently too. Printed are the seconds that a revision took and the
longest wait of either while it ran.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path
from time import perf_counter, sleep

import psycopg2
from alembic.script import ScriptDirectory
from database_scale import fill
from psycopg2.errors import UndefinedTable

from imagecrawler.db import migrate
from imagecrawler.db.embedded import EmbeddedServer

TABLES = ("scraped_images", "scrape_jobs", "sales_pages", "object_keys", "procrastinate_jobs")
MODES = {"readers": "ACCESS SHARE", "writers": "ROW EXCLUSIVE"}


class Waits:
    """The longest wait for a table so far, of one that takes and leaves it again and again."""

    def __init__(self, url: str, mode: str) -> None:
        self.longest = 0.0
        self._url, self._mode = url, mode
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def _ask(self) -> None:
        with closing(psycopg2.connect(self._url)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            while not self._over.is_set():
                for table in TABLES:
                    started = perf_counter()
                    try:
                        cursor.execute(f"BEGIN; LOCK TABLE {table} IN {self._mode} MODE; COMMIT")
                    except UndefinedTable:
                        cursor.execute("ROLLBACK")
                    self.longest = max(self.longest, perf_counter() - started)
                sleep(0.001)

    def __enter__(self) -> Waits:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


@contextmanager
def measured(url: str, name: str) -> Iterator[None]:
    with Waits(url, MODES["readers"]) as readers, Waits(url, MODES["writers"]) as writers:
        sleep(0.1)
        started = perf_counter()
        yield
        took = perf_counter() - started
    print(
        f"{name:<16}{took:7.2f} s   readers wait {readers.longest * 1000:7.0f} ms"
        f"   writers {writers.longest * 1000:7.0f} ms",
        flush=True,
    )


def revisions() -> list[str]:
    with migrate._alembic() as config:
        known = ScriptDirectory.from_config(config).walk_revisions()
        return [script.revision for script in known]


def measure(url: str) -> None:
    newest_first = revisions()
    # not to before the first, which drops the tables
    for revision, below in pairwise(newest_first):
        with measured(url, f"{revision} down"):
            migrate.downgrade(url, below)
    for revision in reversed(newest_first[:-1]):
        with measured(url, f"{revision} up"):
            migrate.upgrade(url, revision)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", type=int, nargs="?", default=1_000_000)
    with tempfile.TemporaryDirectory(prefix="imagecrawler-bench-") as folder:
        server = EmbeddedServer(Path(folder))
        server.start()
        try:
            migrate.upgrade(server.url)
            fill(server.url, parser.parse_args().images)
            measure(server.url)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
