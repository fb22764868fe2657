"""imagecrawler in bulk: ``imagecrawler enqueue``'s jobs, drained by one standing worker.

From the reading of the file to the end of the last job, as PostgreSQL's clock has it; every page is
of a campaign of its own.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from installation import installation
from protocol import Bench
from sqlalchemy import text

#: Each look costs the bench CPU that is booked to what is measured.
WAIT_SECONDS = 0.5
LEFT = text("SELECT count(*) FROM scrape_jobs WHERE batch_id = :batch AND state <> 'finished'")
TOOK = text(
    "SELECT extract(epoch FROM max(finished_at) - CAST(:began AS timestamptz)) "
    "FROM scrape_jobs WHERE batch_id = :batch"
)
JOBS = text(
    "SELECT id, outcome, timings, rejections, "
    "extract(epoch FROM finished_at - started_at) AS seconds "
    "FROM scrape_jobs WHERE batch_id = :batch"
)
IMAGES = text("SELECT original_url FROM scraped_images WHERE job_id = ANY(:jobs)")


class Bulk:
    """The service's database, and the file that its jobs come from."""

    def __init__(self, folder: Path) -> None:
        from imagecrawler.config import load_config
        from imagecrawler.db.database import Database

        config = load_config()
        self._database = Database.from_config(config, lingers=True)
        self._file = folder / "pages.jsonl"
        self._slots = config.domain_slots

    async def close(self) -> None:
        await self._database.close()

    async def crawl(self, urls: list[str]) -> dict[str, Any]:
        from imagecrawler.jobs.bulk import enqueue_file
        from imagecrawler.jobs.bulk_file import read_batch_file

        await self._write(urls)
        began = await self._one(text("SELECT now()"))
        batch = await enqueue_file(
            self._database, read_batch_file(self._file, None), slots=self._slots
        )
        while await self._one(LEFT, batch=batch.id):  # noqa: ASYNC110, there is no event
            await asyncio.sleep(WAIT_SECONDS)
        seconds = float(await self._one(TOOK, batch=batch.id, began=began))
        return {"seconds": seconds, **await self._results(batch.id)}

    async def _write(self, urls: list[str]) -> None:
        from imagecrawler.db.campaigns import add_campaign

        async with self._database.session() as db:
            owners = [await add_campaign(db, url) for url in urls]
        lines = (
            json.dumps({"campaign_id": str(owner.id), "url": url})
            for owner, url in zip(owners, urls, strict=True)
        )
        self._file.write_text("\n".join(lines))

    async def _results(self, batch: Any) -> dict[str, Any]:
        async with self._database.session() as db:
            jobs = (await db.execute(JOBS, {"batch": batch})).all()
            saved = await db.scalars(IMAGES, {"jobs": [job.id for job in jobs]})
        rejected = [each["original_url"] for job in jobs for each in job.rejections]
        return {
            "urls": [*saved, *rejected],
            "failures": sum(job.outcome != "succeeded" for job in jobs),
            "timings": [dict(job.timings) | {"job": float(job.seconds)} for job in jobs],
        }

    async def _one(self, query: Any, **values: Any) -> Any:
        async with self._database.session() as db:
            return await db.scalar(query, values)


async def run(bench: Bench, bulk: Bulk) -> None:
    await bulk.crawl(bench.task.warm)
    bench.ready()
    bench.done(**await bulk.crawl(bench.task.pages))
    await bulk.close()


def main() -> None:
    bench = Bench()
    with installation(bench.task.browser) as folder:
        bulk = Bulk(folder)
        command = [sys.executable, "-m", "imagecrawler", "worker", "--concurrency"]
        worker = subprocess.Popen([*command, str(bench.task.concurrency)])
        try:
            asyncio.run(run(bench, bulk))
        finally:
            worker.terminate()
            worker.wait()


if __name__ == "__main__":
    main()
