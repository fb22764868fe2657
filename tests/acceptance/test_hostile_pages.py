"""Pages that never yield cost their budget: not the worker, its browser or those beside them."""

from __future__ import annotations

import signal
from collections.abc import Iterable
from io import BytesIO
from uuid import UUID

import numpy as np
import psutil
import pytest
from hostile_pages import HostilePages
from PIL import Image
from workers import WorkerProcess, until

from imagecrawler.db.campaigns import find_campaign
from imagecrawler.items import Target
from imagecrawler.jobs.queue import JobQueue, Priority

#: Seconds; the second is for machines that are busy with other tests.
BUDGET, GRACE = 6, 15
SETTINGS = {
    "IMAGECRAWLER_PAGE_BUDGET": str(BUDGET),
    "IMAGECRAWLER_PAGE_CONCURRENCY": "4",
    "IMAGECRAWLER_DOMAIN_SLOTS": "4",
}
#: One of each kind; ``tests/site/hostile_pages.py`` has more, each of which costs seconds.
HOSTILE = (
    *("loop-at-once", "loop-when-scrolled", "loop-in-a-frame", "alerts", "windows", "downloads"),
    *("arrays", "elements", "grows", "drips", "hangs", "navigates-for-ever", "workers"),
    *("prototypes", "frames-in-frames", "silent"),
)


def _chair() -> bytes:
    noise = np.random.default_rng(1).integers(0, 255, (80, 80, 3), dtype=np.uint8)
    target = BytesIO()
    Image.fromarray(noise).resize((600, 600)).save(target, "PNG")
    return target.getvalue()


def _pages_of(browsers: Iterable[psutil.Process]) -> int:
    """Renderer processes, one a page at least."""
    [browser] = browsers
    return sum(map(_is_renderer, browser.children(recursive=True)))


def _is_renderer(process: psutil.Process) -> bool:
    try:
        return "--type=renderer" in process.cmdline()
    except psutil.Error:
        return False  # gone, or a zombie


@pytest.mark.timeout(400)
async def test_each_ends_within_its_budget_and_an_ordinary_page_is_crawled_afterwards(
    start_worker, installation, database, campaign, job, reached
):
    installation.environment |= SETTINGS

    async def submit(url: str) -> UUID:
        async with database.session() as db:
            owner = await find_campaign(db, campaign)
            target = Target(url, owner.id, owner.user_id)
            return await JobQueue(database).submit(db, target, priority=Priority.INTERACTIVE)

    with HostilePages(_chair()) as pages:
        worker: WorkerProcess = start_worker()
        reached(await submit(pages.url), "finished")
        before = _pages_of(worker.browsers())
        urls = pages.urls()
        jobs = {name: await submit(urls[name]) for name in HOSTILE}
        for each in jobs.values():
            reached(each, "finished")
        again = await submit(pages.url)
        reached(again, "finished")
        assert job(again)["outcome"] in ("succeeded", "partial"), job(again)["detail"]
        assert job(again)["result"]["images"]
        until(lambda: _pages_of(worker.browsers()) <= before + 1, "their pages are gone")
        assert worker.stop(signal.SIGTERM) == 0
    ended = {name: job(each) for name, each in jobs.items()}
    late = {
        name: seconds
        for name, row in ended.items()
        if (seconds := (row["finished_at"] - row["started_at"]).total_seconds()) > BUDGET + GRACE
    }
    assert late == {}
    silent = [
        name for name, row in ended.items() if row["outcome"] != "succeeded" and not row["detail"]
    ]
    assert silent == []
