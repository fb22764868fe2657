"""What may pass is tried again, and sites are asked no oftener than they like."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from uuid import UUID

import pytest
from watched_site import WatchedSites

from imagecrawler.db.campaigns import find_campaign
from imagecrawler.items import Target
from imagecrawler.jobs.queue import JobQueue, Priority


@pytest.fixture
def ask(database, campaign) -> Callable:
    async def ask(url: str, priority: Priority = Priority.INTERACTIVE) -> UUID:
        async with database.session() as db:
            owner = await find_campaign(db, campaign)
            target = Target(url, owner.id, owner.user_id)
            return await JobQueue(database).submit(db, target, priority=priority)

    return ask


async def test_a_503_is_tried_again_when_the_site_likes_and_a_404_is_not(
    start_worker, ask, job, reached
):
    with WatchedSites() as sites:
        start_worker()
        busy = await ask(sites.urls[0] + "/busy/1")
        gone = await ask(sites.urls[0] + "/gone")
        for each in (busy, gone):
            reached(each, "finished")
    assert (job(busy)["outcome"], job(busy)["attempts"]) == ("succeeded", 2)
    assert (job(gone)["outcome"], job(gone)["attempts"]) == ("failed", 1)
    first, second = sites.at("/busy/1")
    assert second.begun - first.ended >= 2.0
    assert len(sites.at("/gone")) == 1


async def test_a_site_that_stays_away_fails_with_the_number_of_attempts(
    start_worker, ask, job, reached
):
    with WatchedSites(busy=99) as sites:
        start_worker()
        job_id = await ask(sites.urls[0] + "/busy/1")
        reached(job_id, "finished")
    assert job(job_id)["outcome"] == "failed"
    assert job(job_id)["detail"].startswith("the site answers HTTP 503 Service Unavailable")
    assert len(sites.at("/busy/1")) == job(job_id)["attempts"] == 3


async def test_two_machines_keep_a_site_s_crawl_delay(start_worker, ask, job, reached):
    with WatchedSites(robots="User-agent: *\nCrawl-delay: 1.5\n") as sites:
        start_worker()
        start_worker()
        jobs = [await ask(f"{sites.urls[0]}/p/{number}", Priority.NIGHTLY) for number in range(5)]
        for each in jobs:
            reached(each, "finished")
    assert {job(each)["outcome"] for each in jobs} == {"succeeded"}
    assert {job(each)["attempts"] for each in jobs} == {1}
    visits = sites.at("/p/")
    assert len(visits) == 5
    # a turn is taken in the database, before the browser goes there: some come late, none early
    assert visits[-1].begun - visits[0].begun > 5.0
    assert min(after.begun - before.begun for before, after in pairwise(visits)) > 0.5
