"""The figure by which KEDA scales the workers, asked of a real queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import yaml

from imagecrawler.db.database import Database
from imagecrawler.items import Target
from imagecrawler.jobs.queue import JobQueue, Priority

SCALED = Path(__file__).parents[3] / "deploy/kubernetes/keda/scaled-object.yaml"


async def test_it_is_the_number_of_jobs_that_wait(
    database: Database, queue: JobQueue, target: Target, sql: Callable[..., list[tuple]]
) -> None:
    scaled, _ = yaml.safe_load_all(SCALED.read_text("utf-8"))
    query = scaled["spec"]["triggers"][0]["metadata"]["query"]
    assert sql(query) == [(0,)]
    async with database.session() as db:
        for number in range(3):
            page = replace(target, url=f"{target.url}?{number}")
            await queue.submit(db, page, priority=Priority.INTERACTIVE)
    assert sql(query) == [(3,)]
    sql("UPDATE scrape_jobs SET state = 'running' WHERE url LIKE '%1'")
    assert sql(query) == [(2,)]
