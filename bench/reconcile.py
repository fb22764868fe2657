"""Compares generated objects with rows of a real PostgreSQL: time and peak memory by size.

    python bench/reconcile.py [SIZE ...]        # default 100000 1000000

The listing is made up as it is read, in pages of 1,000 as R2 gives them and without its waits; ten
images a campaign. Every 1,000th row lacks its object and every 1,000th object its row. Peaks are of
the process that reconciles (not PostgreSQL's), after its imports and at its end. A second run with
--fix mends what the first has found.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from uuid import UUID

import psycopg2

from imagecrawler.db import migrate
from imagecrawler.db.database import Database
from imagecrawler.db.embedded import EmbeddedServer
from imagecrawler.jobs.reconcile import reconcile
from imagecrawler.presentation.differences import summary
from imagecrawler.storage.store import ObjectInfo

IMAGES = 10
PAGE_SIZE = 1000
SIZE = 200_000
MISSING, UNRECORDED = 500, 0
OLD = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = UUID(int=1)

# UUIDs in the order of their numbers, keys in the order of their bytes
FILL = """
    SET synchronous_commit = off;
    INSERT INTO users (id) VALUES ('{owner}');
    INSERT INTO campaigns (id, user_id, name)
        SELECT lpad(to_hex(n), 32, '0')::uuid, '{owner}', 'c'
        FROM generate_series(1, {campaigns}) n;
    INSERT INTO sales_pages (campaign_id, user_id, url)
        SELECT id, user_id, 'https://shop.example/' FROM campaigns;
    INSERT INTO scraped_images (campaign_id, user_id, r2_path, cdn_url, original_url, sha256,
        width, height, file_size, format, metadata)
    SELECT id, '{owner}', key, 'https://cdn.example/' || key, 'https://shop.example/i.jpg',
        lpad(to_hex(n), 64, '0'), 1600, 1600, {size}, 'jpeg',
        '{{"page_url": "https://shop.example/", "sources": ["img"]}}'
    FROM (SELECT n, id, 'campaigns/' || id || '/scraped-images/product_'
        || lpad((n % {images} + 1)::text, 2, '0') || '.jpg' AS key
        FROM generate_series(0, {count} - 1) n,
        LATERAL (SELECT lpad(to_hex(n / {images} + 1), 32, '0')::uuid AS id) c) numbered
    WHERE n % 1000 <> {unrecorded};
    ANALYZE
"""


class GeneratedStore:
    """Holds nothing: number ``n`` is there unless it is a missing one."""

    def __init__(self, count: int) -> None:
        self._count = count

    async def list(self, prefix: str) -> AsyncIterator[ObjectInfo]:
        assert self._key(0).startswith(prefix)
        for start in range(0, self._count, PAGE_SIZE):
            await asyncio.sleep(0)
            for number in range(start, start + PAGE_SIZE):
                if number % 1000 != MISSING:
                    yield ObjectInfo(self._key(number), SIZE, "etag", modified=OLD)

    async def head(self, key: str) -> ObjectInfo | None:
        campaign = UUID(key.split("/")[1])
        number = (campaign.int - 1) * IMAGES + int(key[-6:-4]) - 1
        if number % 1000 == MISSING:
            return None
        metadata = _metadata(campaign, number)
        return ObjectInfo(key, SIZE, "etag", "image/jpeg", metadata, modified=OLD)

    def url(self, key: str) -> str:
        return f"https://cdn.example/{key}"

    async def check(self) -> None:
        pass

    def _key(self, number: int) -> str:
        campaign, index = UUID(int=number // IMAGES + 1), number % IMAGES + 1
        return f"campaigns/{campaign}/scraped-images/product_{index:02}.jpg"


def _metadata(campaign: UUID, number: int) -> Mapping[str, str]:
    told = {"campaign-id": campaign, "user-id": OWNER, "sha256": f"{number:064x}"}
    told |= {"phash": "0" * 16, "width": 1600, "height": 1600, "format": "jpeg"}
    told |= {"quality": 50.0, "role": "product", "page-url": "https://shop.example/"}
    return {name: str(value) for name, value in told.items()}


def measure(url: str, count: int) -> None:
    asyncio.run(_measure(url, count))


async def _measure(url: str, count: int) -> None:
    database = Database(url)
    await database.check()
    for fix in (False, True):
        before, started, worked = _peak(), perf_counter(), process_time()
        report = await reconcile(database, GeneratedStore(count), fix=fix)
        took = perf_counter() - started
        rate = f"{took:6.1f} s ({process_time() - worked:.1f} of our CPU)"
        peak = f"peak {_peak():.0f} MiB ({_peak() - before:+.0f} over its start)"
        print(f"{'mends' if fix else 'compares':<9}{rate}, {peak}: {summary(report)}")
    await database.close()


def _peak() -> float:
    # not ru_maxrss, which a process inherits from the one that started it
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _fill(url: str, count: int) -> None:
    values = {"owner": OWNER, "campaigns": count // IMAGES, "images": IMAGES, "count": count}
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(FILL.format(size=SIZE, unrecorded=UNRECORDED, **values))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[100_000, 1_000_000])
    for count in parser.parse_args().sizes:
        with tempfile.TemporaryDirectory(prefix="imagecrawler-bench-") as folder:
            server = EmbeddedServer(Path(folder))
            server.start()
            migrate.upgrade(server.url)
            _fill(server.url, count)
            process = multiprocessing.get_context("spawn").Process(
                target=measure, args=(server.url, count)
            )
            process.start()
            process.join()
            server.stop()


if __name__ == "__main__":
    main()
