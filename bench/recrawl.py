"""What a re-crawl of pages costs on which nothing has changed, against their first crawl.

    python bench/recrawl.py [--pages 50]

One standing worker crawls pages of the demo shop, each for a campaign of its own: in full, again
as the night does, and once more as the night does a week later. Printed are the picture requests
that the shop saw, the objects that were written, and the CPU seconds of the worker's process
tree, Chromium included; of each page, too, the seconds from a job's begin to its end, and
PostgreSQL's transactions and write-ahead log (what ``bench/scaling_model.py`` asks for). The worker
is warm: one page has been crawled before. At last a page that does change, and what its job says
of it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "site"))

import psutil
from serve import DemoShop
from sqlalchemy import text

PATHS = ("summit-backpack", "trail-sneaker", "ember-mug", "lookbook")
PICTURES = ("/media/", "/image/", "/protected/", "/window/")
LEFT = text("SELECT count(*) FROM scrape_jobs WHERE state <> 'finished'")
ENDED = text(
    "SELECT coalesce(outcome, state) AS outcome, count(*), sum(images_saved) AS saved "
    "FROM scrape_jobs WHERE id = ANY(:ids) GROUP BY 1"
)
LEDGER = text(
    "SELECT xact_commit, pg_current_wal_lsn() - '0/0' FROM pg_stat_database "
    "WHERE datname = current_database()"
)
TOOK = text(
    "SELECT avg(extract(epoch FROM finished_at - started_at)) FROM scrape_jobs WHERE id = ANY(:ids)"
)
WEEK = text("UPDATE sales_pages SET verified_at = verified_at - interval '8 days'")
INCREMENTAL = text("UPDATE scrape_jobs SET incremental = true WHERE id = :id")


class Night:
    """The service's database, and the jobs that are put into its queue."""

    def __init__(self, shop: DemoShop) -> None:
        from imagecrawler.config import load_config
        from imagecrawler.db.database import Database
        from imagecrawler.jobs.queue import JobQueue

        self._shop = shop
        self._database = Database.from_config(load_config())
        self._queue = JobQueue(self._database)
        self._targets: dict[str, Any] = {}
        self.took = 0.0

    async def crawl(self, paths: list[str], *, incremental: bool) -> list[Any]:
        """How many jobs ended how, and with how many images."""
        from imagecrawler.jobs.queue import Priority

        jobs = []
        for path in paths:
            target = await self._target(path)
            async with self._database.session() as db:
                job_id = await self._queue.submit(db, target, priority=Priority.NIGHTLY)
                if incremental:
                    await db.execute(INCREMENTAL, {"id": job_id})
            jobs.append(job_id)
        while await self._one(LEFT):  # noqa: ASYNC110, there is no event to wait for
            await asyncio.sleep(0.2)
        async with self._database.session() as db:
            self.took = float(await db.scalar(TOOK, {"ids": jobs}))
            return list(await db.execute(ENDED, {"ids": jobs}))

    async def ledger(self) -> tuple[int, int]:
        """Transactions, and bytes of the write-ahead log, until now."""
        # the server's statistics come in within a second
        await asyncio.sleep(1.5)
        async with self._database.session() as db:
            transactions, written = (await db.execute(LEDGER)).one()
        return int(transactions), int(written)

    async def let_a_week_pass(self) -> None:
        async with self._database.session() as db:
            await db.execute(WEEK)

    async def changes(self) -> Any:
        """Of the last job."""
        return await self._one(
            text("SELECT changes FROM scrape_jobs ORDER BY created_at DESC LIMIT 1")
        )

    async def close(self) -> None:
        await self._database.close()

    async def _target(self, path: str) -> Any:
        from imagecrawler.db.campaigns import add_campaign
        from imagecrawler.items import Target

        if path not in self._targets:
            async with self._database.session() as db:
                campaign = await add_campaign(db, path)
            self._targets[path] = Target(self._shop.url + path, campaign.id, campaign.user_id)
        return self._targets[path]

    async def _one(self, query: Any) -> Any:
        async with self._database.session() as db:
            return await db.scalar(query)


def cpu_seconds(worker: psutil.Process) -> float:
    """Of the tree, with the processes of it that have ended and were waited for."""
    total = 0.0
    for process in (worker, *worker.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def objects(folder: str) -> dict[Path, int]:
    """When each object was written."""
    return {
        path: path.stat().st_mtime_ns
        for path in Path(folder, "media").glob("campaigns/**/*")
        if path.is_file()
    }


async def one_pass(name: str, night: Night, work: Any, paths: list[str], again: bool) -> float:
    worker, shop, folder = work
    shop.answers.clear()
    before, ledger, used = objects(folder), await night.ledger(), cpu_seconds(worker)
    ended = await night.crawl(paths, incremental=again)
    used = cpu_seconds(worker) - used
    transactions, log = (
        (now - then) / len(paths) for now, then in zip(await night.ledger(), ledger, strict=True)
    )
    asked = [status for path, status in shop.answers if path.startswith(PICTURES)]
    written = len(objects(folder).items() - before.items())
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count, _ in ended)
    saved = sum(images or 0 for *_, images in ended)
    print(f"{name:<12} {len(asked):4} picture requests ({asked.count(304)} of them 304),", end=" ")
    print(f"{written} uploads, {used:.1f} CPU seconds; {outcomes}, {saved} images")
    print(f"{'':12} a page: {night.took:.2f} s, {used / len(paths):.2f} CPU seconds,", end=" ")
    print(f"{transactions:.0f} transactions, {log / 1000:.0f} kB of log")
    return used


async def compare(worker: psutil.Process, shop: DemoShop, folder: str, pages: int) -> None:
    night, work = Night(shop), (worker, shop, folder)
    paths = [f"/products/{PATHS[n % len(PATHS)]}?page={n}" for n in range(pages)]
    await night.crawl(["/products/summit-backpack?warm=1"], incremental=False)
    first = await one_pass("first crawl", night, work, paths, again=False)
    second = await one_pass("unchanged", night, work, paths, again=True)
    await night.let_a_week_pass()
    third = await one_pass("a week later", night, work, paths, again=True)
    print(f"CPU against the first crawl: unchanged {second / first:.2f}, a week later", end=" ")
    print(f"{third / first:.2f}")
    shop.window.update(first="backpack-front-forest", second="mug-front", third="lamp-front")
    await one_pass("a window", night, work, ["/window"], again=False)
    shop.window.update(first="sneaker-side-sand", fourth="watch-front")
    del shop.window["second"]
    await one_pass("redressed", night, work, ["/window"], again=True)
    print(json.dumps(await night.changes(), indent=2))
    await night.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=50)
    options = parser.parse_args()
    with DemoShop() as shop, tempfile.TemporaryDirectory() as folder:
        shop.prepare()
        os.environ["IMAGECRAWLER_DATA_DIR"] = folder
        os.environ["IMAGECRAWLER_EGRESS_ALLOW"] = "127.0.0.0/8"
        os.environ["IMAGECRAWLER_LOG_LEVEL"] = "WARNING"
        # a machine that is busy otherwise must not cut pages short
        os.environ["IMAGECRAWLER_PAGE_BUDGET"] = "180"
        command = [sys.executable, "-m", "imagecrawler", "worker"]
        worker = psutil.Popen(command, stdout=subprocess.DEVNULL)
        try:
            asyncio.run(compare(worker, shop, folder, options.pages))
        finally:
            worker.terminate()
            worker.wait()


if __name__ == "__main__":
    main()
