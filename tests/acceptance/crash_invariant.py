"""What must hold: at once after a crash, and after one restart and one ``reconcile``."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
from crash_lab import CAMPAIGN, CrashLab, Site
from crash_operations import Operation

from imagecrawler.config import PREFIX, Config
from imagecrawler.db.database import Database
from imagecrawler.db.repository import ScrapedImageRepository
from imagecrawler.storage import open_store

IMAGES = "SELECT *, id::text AS id FROM scraped_images ORDER BY r2_path"
JOBS = "SELECT * FROM scrape_jobs"
LEFT = "SELECT * FROM procrastinate_jobs WHERE lock IS NOT NULL"
NUMBERS = "SELECT number, key FROM object_keys"
NUMBER = re.compile(r"_(\d+)\.\w+$")


def crash(lab: CrashLab, operation: Operation, point: str) -> list[str]:
    """What is wrong after the operation was killed there and done again, in words."""
    site = lab.site(operation.state)
    site.armed = point
    if operation.perform(site):
        return ["not reached"]
    found = list(_faults_at_once(site, _objects(site)))
    site.armed = ""
    if not operation.perform(site):
        found.append("died again")
    if not site.run("reconcile", "--fix", "--grace", "0"):
        found.append("reconcile died")
    return found + faults(site, operation)


def faults(site: Site, operation: Operation) -> list[str]:
    """What is not as it should be in the end, in words."""
    objects = _objects(site)
    rows = site.rows(IMAGES)
    found = list(_faults_at_once(site, objects))
    if {row["r2_path"] for row in rows} != set(objects):
        found.append(f"{len(objects)} objects for {len(rows)} rows")
    if len(rows) != operation.rows:
        found.append(f"{len(rows)} rows, not {operation.rows}")
    if left := site.rows("SELECT key FROM deleted_objects"):
        found.append(f"still in the outbox: {left}")
    if left := site.rows(LEFT):
        found.append(f"still in the queue: {left}")
    found += _wrong_pictures(site, operation.shown, rows)
    found += _wrong_jobs(site)
    found += _wrong_counts(site, rows)
    return found


def _faults_at_once(site: Site, objects: Mapping[str, bytes]) -> Iterator[str]:
    """What is lost of what somebody was told to be saved, or can never come to an end."""
    rows = site.rows(IMAGES)
    for row in rows:
        body = objects.get(row["r2_path"])
        if body is None or hashlib.sha256(body).hexdigest() != row["sha256"]:
            yield f"{row['r2_path']}: its object is not there, or another"
    numbers = [NUMBER.search(row["r2_path"]) for row in rows]
    if len({match[1] for match in numbers if match}) != len(rows):
        yield "two rows with one number, or one without"
    known = {row["key"]: row["number"] for row in site.rows(NUMBERS)}
    if strangers := set(objects) - set(known):
        yield f"objects whose number was never given: {strangers}"
    for job in site.rows(JOBS):
        if job["state"] not in ("queued", "running", "finished"):
            yield f"a job is {job['state']}"


def _wrong_pictures(site: Site, shown: Mapping[str, str], rows: list[Any]) -> Iterator[str]:
    present = [row for row in rows if row["missing_since"] is None]
    names = sorted(row["original_url"].rpartition("/")[2] for row in present)
    if names != sorted(f"{name}.jpg" for name in shown):
        yield f"the page's pictures are {names}"
    for row in present:
        name = row["original_url"].rpartition("/")[2].removesuffix(".jpg")
        body = httpx.get(f"{site.shop.url}/window/{name}.jpg").content
        if hashlib.sha256(body).hexdigest() != row["sha256"]:
            yield f"{name}: not the bytes that the page shows"


def _wrong_jobs(site: Site) -> Iterator[str]:
    for job in site.rows(JOBS):
        if (job["state"], job["outcome"]) != ("finished", "succeeded"):
            yield f"a job is {job['state']}, {job['outcome']}: {job['detail']}"
            continue
        answered = len(job["result"]["images"])
        counts = (job["images_saved"], job["images_found"] - job["images_skipped"])
        if counts != (answered, answered):
            yield f"a job says {counts} images and answers with {answered}"
        if unnamed := [each for each in job["result"]["images"] if each["id"] is None]:
            yield f"a job answers with images without rows: {unnamed}"


def _wrong_counts(site: Site, rows: list[Any]) -> Iterator[str]:
    async def count(database: Database) -> tuple[int, float]:
        async with database.session() as db:
            stats = await ScrapedImageRepository.get_stats(db=db, campaign_id=CAMPAIGN)
        return stats["total_count"], stats["total_size_mb"]

    megabytes = round(sum(row["file_size"] for row in rows) / 1024 / 1024, 2)
    if (counted := site.ask(count)) != (len(rows), megabytes):
        yield f"the campaign counts {counted}, has {len(rows)} images of {megabytes} MB"
    if wrong := [row["times_used"] for row in rows if row["times_used"] > 1]:
        yield f"uses were counted twice: {wrong}"


def _objects(site: Site) -> dict[str, bytes]:
    """By key, from the store itself."""
    settings = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in site.installation.environment.items()
        if name.startswith(PREFIX)
    }

    async def fetch() -> dict[str, bytes]:
        store = open_store(Config(_env_file=None, **settings))
        try:
            return {info.key: await store.get(info.key) async for info in store.list()}
        finally:
            await store.close()

    return asyncio.run(fetch())
