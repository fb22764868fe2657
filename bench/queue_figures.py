"""What a look at the queue costs PostgreSQL, beside counting all jobs by state and outcome.

    python bench/queue_figures.py [--waiting 100000] [--finished 1000000] [--rounds 5]

Of the finished jobs 100,000 a day are assumed, the last ones today's. Both take turns on one
database that has been vacuumed; printed are the medians of the rounds and their ratio.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter

import psycopg2
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.db import migrate
from imagecrawler.db.campaigns import add_campaign
from imagecrawler.db.database import Database
from imagecrawler.db.embedded import EmbeddedServer
from imagecrawler.db.figures import queue_figures

FINISHED = """
    INSERT INTO scrape_jobs (campaign_id, user_id, url, max_images, state, outcome, images_found,
        images_saved, images_skipped, result, priority, created_at, finished_at)
    SELECT id, user_id, 'https://shop.example/p/' || n, 10, 'finished', 'succeeded', 20, 10, 10,
        jsonb_build_object('filler', repeat('x', 600)), 0, ended, ended
    FROM campaigns, generate_series(:count, 1, -1) AS n,
        LATERAL (SELECT now() - n * interval '0.864 s' AS ended) AS moment
"""
WAITING = """
    INSERT INTO scrape_jobs (campaign_id, user_id, url, max_images, state, priority)
    SELECT id, user_id, 'https://shop.example/q/' || n, 10, 'queued', 0
    FROM campaigns, generate_series(1, :count) AS n
"""
ALL = text("SELECT state, outcome, count(*) FROM scrape_jobs GROUP BY state, outcome")


async def count_all(db: AsyncSession) -> None:
    (await db.execute(ALL)).all()


async def seconds(database: Database, look: Callable[[AsyncSession], Awaitable[object]]) -> float:
    async with database.session() as db:
        await db.execute(text("SELECT 1"))  # the connection's own cost
        begun = perf_counter()
        await look(db)
        return perf_counter() - begun


async def fill(database: Database, waiting: int, finished: int) -> None:
    async with database.session() as db:
        await add_campaign(db, "Bench")
    async with database.session() as db:
        await db.execute(text("SET LOCAL statement_timeout = 0"))
        await db.execute(text(FINISHED), {"count": finished})
        await db.execute(text(WAITING), {"count": waiting})
    run_sql(database.url, "VACUUM ANALYZE scrape_jobs")


def run_sql(url: str, statement: str) -> None:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


async def measure(database: Database, rounds: int) -> None:
    times = [
        (await seconds(database, queue_figures), await seconds(database, count_all))
        for _ in range(rounds)
    ]
    figures, whole = (median(column) for column in zip(*times, strict=True))
    print(f"the queue's figures {figures * 1000:7.1f} ms")
    print(f"count of all jobs   {whole * 1000:7.1f} ms")
    print(f"ratio               {figures / whole:7.3f}")


async def run(url: str, options: argparse.Namespace) -> None:
    database = Database(url)
    try:
        await fill(database, options.waiting, options.finished)
        await measure(database, options.rounds)
    finally:
        await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waiting", type=int, default=100_000)
    parser.add_argument("--finished", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder))
        server.start()
        try:
            migrate.upgrade(server.url)
            asyncio.run(run(server.url, options))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
