"""What the API's calls cost PostgreSQL among ten million images: its own time, by EXPLAIN ANALYZE.

    python bench/database_scale.py [ROWS] [--calls 300] [--folder DIRECTORY]     # 10000000

ROWS images, ten a page and a hundred a campaign; those of a campaign are scattered, as its pages
were crawled on different nights. One campaign, the large one, has a 200th of
all, and its owner a tenth of the campaigns. Every page has a finished job. Each call is made of
random campaigns; every statement that it issues is explained with its values, beforehand and taken
back, planning and the rows' way into the answer included. 10,000,000 rows take some 20 GB below
the directory for temporary files and a quarter of an hour.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import mean, quantiles
from time import perf_counter
from typing import Any
from uuid import UUID

import httpx
import psycopg2
from sqlalchemy import event
from sqlalchemy.engine import Engine

from imagecrawler.api.app import create_app
from imagecrawler.config import load_config
from imagecrawler.db import migrate
from imagecrawler.db.embedded import EmbeddedServer
from imagecrawler.tokens import issue_token

API = "http://api.bench/api/intelligence/product-images"
EXPLAIN = "EXPLAIN (ANALYZE, SERIALIZE TEXT, TIMING OFF, FORMAT JSON) "
PAGE_IMAGES = 10
CAMPAIGN_IMAGES = 100
USERS = 1000
LARGE = 200

CAMPAIGNS = """
    INSERT INTO users (id) SELECT md5('u' || n)::uuid FROM generate_series(0, {users} - 1) n;
    INSERT INTO campaigns (id, user_id, name)
        SELECT md5('c' || n)::uuid,
            md5('u' || CASE WHEN n % 10 = 0 THEN 0 ELSE n % {users} END)::uuid, 'Campaign ' || n
        FROM generate_series(0, {campaigns} - 1) n;
    ANALYZE campaigns;
    CREATE TABLE pages_to_come AS
        SELECT page, campaigns.id AS campaign_id, user_id, gen_random_uuid() AS job_id,
            'https://shop' || page % 20000 || '.example/products/' || page AS url,
            now() - (({pages} - page) * interval '2 days' / {pages}) AS crawled_at
        FROM generate_series(0::bigint, {pages} - 1) page JOIN campaigns ON campaigns.id =
            md5('c' || CASE WHEN page % {large} = 0 THEN 0 ELSE page % {campaigns} END)::uuid
        ORDER BY page
"""

JOBS = """
    INSERT INTO scrape_jobs (id, campaign_id, user_id, url, max_images, state, outcome,
        images_found, images_saved, images_skipped, rejections, priority, incremental, created_at,
        started_at, finished_at)
    SELECT job_id, campaign_id, user_id, url, 10, 'finished', 'succeeded', 20, 10, 10,
        (SELECT jsonb_agg(jsonb_build_object('original_url', url || '/' || n || '.jpg',
            'reason', 'duplicate', 'detail', 'of one that is kept', 'duplicate_of', url))
            FROM generate_series(1, 10) n),
        0, true, crawled_at, crawled_at, crawled_at
    FROM pages_to_come
"""

PAGES = """
    INSERT INTO sales_pages (campaign_id, user_id, url, next_due_at, last_crawled_at, job_id)
    SELECT campaign_id, user_id, url, crawled_at + interval '2 days', crawled_at, job_id
    FROM pages_to_come
"""

IMAGES = """
    INSERT INTO scraped_images (campaign_id, user_id, job_id, r2_path, cdn_url, original_url,
        sha256, phash, width, height, file_size, format, quality_score, is_hero, is_product,
        is_lifestyle, alt_text, context, times_used, last_used_at, metadata, scraped_at)
    SELECT campaign_id, user_id, job_id, key, 'https://cdn.example/' || key,
        'https://cdn.shop.example/media/' || page || '-' || n || '-1600.jpg',
        md5(key) || md5(url || n), left(md5(key), 16), 1600, 1600, 100000 + (page * 7919 % 200000),
        'jpeg', (page * 31 + n * 7919) % 10000 / 100.0, n = 1, n <= 7, n > 7,
        'A sneaker in sand, from the side', 'Trail sneaker | In sand | Free returns', u.used,
        CASE WHEN u.used > 0 THEN crawled_at END,
        jsonb_build_object('score_breakdown', '{{"sharpness": 0.875, "contrast": 0.5}}'::jsonb,
            'phash', left(md5(key), 16), 'sources', '["srcset", "img"]'::jsonb, 'page_url', url,
            'duplicates', '[]'::jsonb), crawled_at
    FROM pages_to_come, generate_series(1, {images}) n,
        LATERAL (SELECT 'campaigns/' || campaign_id || '/scraped-images/product_'
            || page * {images} + n || '.jpg' AS key) k,
        LATERAL (SELECT CASE WHEN (page + n) % 7 = 0 THEN (page + n) % 50 ELSE 0 END AS used) u
"""

KEYS = """
    INSERT INTO object_keys (campaign_id, number, sha256, key)
    SELECT campaign_id, substring(r2_path FROM '_(\\d+)\\.')::integer, sha256, r2_path
    FROM scraped_images
"""

STEPS = (
    ("scrape_jobs", JOBS),
    ("sales_pages", PAGES),
    ("scraped_images", IMAGES),
    ("object_keys", KEYS),
)

# Foreign keys go first, for they need the indexes of what they name.
CONSTRAINTS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype IN ('f', 'u', 'p')
    ORDER BY contype = 'f' DESC
"""
INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = %s::regclass AND NOT EXISTS (
        SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


def fill(url: str, rows: int) -> None:
    pages = rows // PAGE_IMAGES
    counts = {"pages": pages, "campaigns": rows // CAMPAIGN_IMAGES, "users": USERS}
    counts |= {"large": LARGE, "images": PAGE_IMAGES}
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute("SET maintenance_work_mem = '1GB'; SET synchronous_commit = off")
        # neither triggers nor foreign keys, row by row
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(CAMPAIGNS.format(**counts))
        for table, statement in STEPS:
            started = perf_counter()
            with without_indexes(cursor, table):
                cursor.execute(statement.format(**counts))
            cursor.execute(f"VACUUM ANALYZE {table}")
            print(
                f"{table:<15}{count_rows(cursor, table):>11,} rows, "
                f"{perf_counter() - started:.0f} s",
                flush=True,
            )
        cursor.execute("DROP TABLE pages_to_come; CHECKPOINT")


def count_rows(cursor: Any, table: str) -> int:
    cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [table])
    return int(cursor.fetchone()[0])


@contextmanager
def without_indexes(cursor: Any, table: str) -> Iterator[None]:
    """Built once over all rows they take a tenth of the time."""
    cursor.execute(INDEXES, [table])
    indexes = cursor.fetchall()
    cursor.execute(CONSTRAINTS, [table])
    constraints = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    # CASCADE: the foreign keys of tables that name this one; they are not needed here
    for name, _ in constraints:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE")
    yield
    for name, definition in reversed(constraints):
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for _, definition in indexes:
        cursor.execute(definition)


class Explained:
    """Explains every statement of every engine just before it runs: the milliseconds of each."""

    def __init__(self) -> None:
        self.statements: list[tuple[float, str]] = []
        self._explaining = False
        event.listen(Engine, "before_cursor_execute", self._explain)

    def _explain(self, _: Any, cursor: Any, statement: str, values: Any, *__: Any) -> None:
        if statement.lstrip().split(None, 1)[0] not in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            return
        cursor.execute("SAVEPOINT explained")
        cursor.execute(EXPLAIN + statement, values)
        [plan] = cursor.fetchone()[0]
        cursor.execute("ROLLBACK TO SAVEPOINT explained")
        self.statements.append((plan["Planning Time"] + plan["Execution Time"], statement))


@asynccontextmanager
async def opened(folder: Path, url: str) -> AsyncIterator[tuple[httpx.AsyncClient, Any]]:
    settings = {"data_dir": folder, "database_url": url, "db_pool": "queue"}
    settings |= {"quota_concurrent": 1000, "quota_hourly": 10_000, "log_level": "WARNING"}
    config = load_config(**settings)
    app = create_app(config)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, timeout=600) as client:
            yield client, config


async def measure(folder: Path, url: str, calls: int) -> None:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        samples = {
            "ordinary": _sample(cursor, calls, "campaign_id <> md5('c0')::uuid"),
            "large": _sample(cursor, min(calls, 20), "campaign_id = md5('c0')::uuid"),
        }
    explained = Explained()
    async with opened(folder, url) as (client, config):
        for name, images in samples.items():
            for call in CALLS:
                await _measure(client, config, explained, (name, call), images)


def _sample(cursor: Any, calls: int, condition: str) -> list[tuple[UUID, UUID, UUID, UUID]]:
    cursor.execute(
        "SELECT campaign_id, user_id, id, job_id FROM scraped_images "
        f"TABLESAMPLE SYSTEM (1) WHERE {condition} LIMIT 100000"
    )
    found = cursor.fetchall()
    return [tuple(map(UUID, row)) for row in Random(1).sample(found, min(calls, len(found)))]


#: Method, path and body by campaign, image and job.
CALLS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("GET", "/{campaign}", {}),
    ("GET", "/{campaign}?limit=50", {}),
    ("GET", "/{campaign}?image_type=hero&limit=50", {}),
    ("GET", "/{campaign}?image_type=lifestyle&limit=50&offset=50", {}),
    ("GET", "/{campaign}/stats", {}),
    ("GET", "/{campaign}/most-used", {}),
    ("GET", "/campaigns?limit=50", {}),
    ("GET", "/jobs/{job}", {}),
    ("POST", "/{campaign}/{image}/usage", {}),
    ("POST", "/scrape", {"campaign_id": "{campaign}", "sales_page_url": "https://shop.example/p"}),
    ("DELETE", "/{campaign}/{image}", {}),
)


async def _measure(
    client: httpx.AsyncClient, config: Any, explained: Explained, what: Any, images: Any
) -> None:
    name, (method, path, body) = what
    totals: list[float] = []
    slowest = (0.0, "")
    for campaign, user, image, job in images:
        explained.statements.clear()
        ids = {"campaign": campaign, "image": image, "job": job}
        headers = {"Authorization": f"Bearer {issue_token(config, user, timedelta(hours=1))}"}
        request = {key: value.format(**ids) for key, value in body.items()}
        answer = await client.request(
            method,
            API + path.format(**ids),
            headers=headers | {"Prefer": "respond-async"},
            json=request or None,
        )
        assert answer.is_success, answer.text
        totals.append(sum(time for time, _ in explained.statements))
        slowest = max(slowest, *explained.statements)
    tail = quantiles(totals, n=100)[98]
    print(
        f"{name:<9}{method:<7}{path:<52}mean {mean(totals):7.2f} ms  p99 {tail:7.2f}  "
        f"slowest statement {slowest[0]:7.2f}",
        flush=True,
    )
    if slowest[0] > 10:
        print(f"    {' '.join(slowest[1].split())[:300]}", flush=True)


def run(folder: Path, options: argparse.Namespace) -> None:
    server = EmbeddedServer(folder)
    server.start()
    try:
        migrate.upgrade(server.url)
        if is_empty(server.url):
            fill(server.url, options.rows)
        asyncio.run(measure(folder, server.url, options.calls))
    finally:
        server.stop()


def is_empty(url: str) -> bool:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT FROM scraped_images LIMIT 1")
        return not cursor.rowcount


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=10_000_000)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--folder", type=Path, help="kept, and not filled again by the next run")
    options = parser.parse_args()
    if options.folder:
        run(options.folder, options)
        return
    with tempfile.TemporaryDirectory(prefix="imagecrawler-bench-") as folder:
        run(Path(folder), options)


if __name__ == "__main__":
    main()
