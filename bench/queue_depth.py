"""What a hundred thousand waiting jobs cost: putting them in, taking one out, looking at them.

    python bench/queue_depth.py [--jobs 100000] [--fetches 400]

Depths of a hundredth, a tenth and all of --jobs, each in a database of its own and put in as
``imagecrawler enqueue`` does it, from a file in which one domain has a tenth of the pages and the
others about five each. Fetched is as by a worker: by Procrastinate's manager, the job deleted at
its end, so that the next of its lane is handed over; the depths take turns. CPU is that of
this process and of PostgreSQL together, which a busy machine changes little.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

import psutil
import psycopg
from procrastinate import App
from procrastinate.jobs import Status

from imagecrawler.batch import Batch
from imagecrawler.db import migrate
from imagecrawler.db.batch_results import count_batch, summarise_batch
from imagecrawler.db.database import Database
from imagecrawler.db.embedded import EmbeddedServer
from imagecrawler.db.lanes import QUEUE, release_jobs
from imagecrawler.db.queue_status import queue_status
from imagecrawler.jobs.bulk import enqueue_file
from imagecrawler.jobs.bulk_file import read_batch_file
from imagecrawler.jobs.queue import JobQueue

CAMPAIGNS = 1_000
SLOTS = 2
ROUNDS = 4
LOOKS = 20
FILL = """
    INSERT INTO users SELECT FROM generate_series(1, 1);
    INSERT INTO campaigns (user_id, name) SELECT id, 'Bench' FROM users, generate_series(1, 1000)
"""


@dataclass
class Depth:
    """A database with so many jobs waiting."""

    jobs: int
    url: str
    database: Database
    batch: Batch | None = None
    fetches: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    pairs: list[float] = field(default_factory=list)


def sql(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def depth_of(server: EmbeddedServer, jobs: int) -> Depth:
    sql(server.url, f"CREATE DATABASE depth_{jobs}")
    url = server.url.replace("/postgres?", f"/depth_{jobs}?")
    migrate.upgrade(url)
    for statement in FILL.split(";"):
        sql(url, statement)
    return Depth(jobs, url, Database(url))


def write_file(depth: Depth, path: Path) -> None:
    campaigns = [str(row[0]) for row in sql(depth.url, "SELECT id FROM campaigns")]
    with path.open("w") as file:
        for number in range(depth.jobs):
            host = (
                "big-shop.com" if number % 10 == 0 else f"shop{number * 7 % (depth.jobs // 5)}.com"
            )
            page = {
                "campaign_id": campaigns[number % CAMPAIGNS],
                "url": f"https://{host}/p/{number}",
            }
            file.write(json.dumps(page) + "\n")


def cpu_seconds(folder: Path) -> float:
    """Of this process and of PostgreSQL's, those that have ended included."""
    postmaster = psutil.Process(int((folder / "postgres/postmaster.pid").read_text().split()[0]))
    times = []
    for each in postmaster.children():
        with suppress(psutil.NoSuchProcess):  # a connection that has just closed
            times.append(each.cpu_times())
    ended = postmaster.cpu_times()
    server = sum(each.user + each.system for each in times)
    return process_time() + server + ended.children_user + ended.children_system


async def enqueue(depth: Depth, folder: Path) -> None:
    path = folder / f"{depth.jobs}.jsonl"
    write_file(depth, path)
    began, cpu = perf_counter(), cpu_seconds(folder)
    file = read_batch_file(path)
    read = perf_counter()
    depth.batch = await enqueue_file(depth.database, file, slots=SLOTS)
    done, cpu = perf_counter(), cpu_seconds(folder) - cpu
    [(domains,)] = sql(depth.url, "SELECT count(DISTINCT domain) FROM scrape_jobs")
    [(released,)] = sql(depth.url, "SELECT count(*) FROM procrastinate_jobs")
    print(
        f"{depth.jobs:>7} jobs of {domains} domains: checked in {read - began:.1f} s, "
        f"put in within {done - read:.1f} s (CPU of both {cpu:.1f} s), {released} in a lane"
    )


async def take(app: App, worker: int, depth: Depth, fetches: list[float]) -> None:
    began = perf_counter()
    job = await app.job_manager.fetch_job([QUEUE], worker_id=worker)
    fetches.append(1000 * (perf_counter() - began))
    assert job is not None
    end = app.job_manager.finish_job(job, Status.SUCCEEDED, delete_job=True)
    began = perf_counter()
    await end
    depth.ends.append(1000 * (perf_counter() - began))


async def fetch(depth: Depth, count: int) -> None:
    async with JobQueue(depth.database).app().open_async() as app:
        worker = await app.job_manager.register_worker()
        await take(app, worker, depth, [])
        for _ in range(count):
            await take(app, worker, depth, depth.fetches)

        async def taker() -> None:
            for _ in range(count // 2):
                await take(app, worker, depth, depth.pairs)

        await asyncio.gather(taker(), taker())


async def look(depth: Depth, folder: Path) -> dict[str, float]:
    database, batch = depth.database, depth.batch
    assert batch is not None

    async def within(work: Callable[..., Awaitable[Any]], *arguments: Any) -> float:
        async with database.session() as db:
            cpu = cpu_seconds(folder)
            for _ in range(LOOKS):
                await work(db, *arguments)
            return 1000 * (cpu_seconds(folder) - cpu) / LOOKS

    return {
        "release, nothing to do": await within(release_jobs, SLOTS),
        "progress": await within(count_batch, batch.id),
        "status": await within(queue_status, "off"),
        "summary": await within(summarise_batch, batch),
    }


def spread(values: list[float]) -> str:
    return f"{median(values):7.2f} {quantiles(values, n=20)[-1]:7.2f}"


async def measure(server: EmbeddedServer, folder: Path, options: argparse.Namespace) -> None:
    depths = [depth_of(server, options.jobs // part) for part in (100, 10, 1)]
    for depth in depths:
        await enqueue(depth, folder)
    for _ in range(ROUNDS):
        for depth in depths:
            await fetch(depth, options.fetches // ROUNDS)
    print(f"\n{'ms: median, p95':<16}{'fetch':>15} {'two at once':>15} {'end':>15}")
    for depth in depths:
        lists = (depth.fetches, depth.pairs, depth.ends)
        print(f"{depth.jobs:>8} waiting {' '.join(map(spread, lists))}")
    for depth in depths:
        for name, took in (await look(depth, folder)).items():
            print(f"{depth.jobs:>8} waiting {name:<24} {took:7.1f} ms of CPU")
        await depth.database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--fetches", type=int, default=400)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="imagecrawler-bench-") as folder:
        server = EmbeddedServer(Path(folder))
        server.start()
        asyncio.run(measure(server, Path(folder), options))
        server.stop()


if __name__ == "__main__":
    main()
