"""A page that is crawled again: what is asked of its site, and what its job says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from installation import Installation
from serve import DemoShop
from sqlalchemy import text

from imagecrawler.db.campaigns import find_campaign
from imagecrawler.db.database import Database
from imagecrawler.items import Target
from imagecrawler.jobs.queue import JobQueue, Priority

NOTHING = {name: [] for name in ("added", "changed", "removed", "returned")}
INCREMENTAL = text("UPDATE scrape_jobs SET incremental = true WHERE id = :id")
IMAGES = "SELECT * FROM scraped_images ORDER BY r2_path"
MISSING = "SELECT * FROM scraped_images WHERE missing_since IS NOT NULL"
DRESSED = {"first": "backpack-front-forest", "second": "mug-front", "third": "lamp-front"}


@pytest.fixture
def window(shop: DemoShop) -> dict[str, str]:
    """What the shop has in its window: pictures by file."""
    shop.window.clear()
    shop.window.update(DRESSED)
    return shop.window


@pytest.fixture
def crawl(start_worker, database: Database, campaign: str, shop: DemoShop, job, reached):
    """Crawls the window as the night does, and gives the job; the shop's log begins anew."""
    start_worker()

    async def crawl() -> Mapping[str, Any]:
        shop.answers.clear()
        async with database.session() as db:
            owner = await find_campaign(db, campaign)
            target = Target(shop.url + "/window", owner.id, owner.user_id)
            job_id = await JobQueue(database).submit(db, target, priority=Priority.NIGHTLY)
            await db.execute(INCREMENTAL, {"id": job_id})
        reached(job_id, "finished")
        return job(job_id)

    return crawl


@pytest.fixture
def answers(shop: DemoShop) -> Callable[[], dict[str, int]]:
    """The status of each picture that the shop was asked for."""
    return lambda: {
        path.rpartition("/")[2]: status
        for path, status in shop.answers
        if path.startswith("/window/")
    }


@pytest.fixture
def told() -> Callable[[Mapping[str, Any]], dict[str, list[str]]]:
    """The files by what the job says of them; lists that are empty are left out."""

    def names(job: Mapping[str, Any]) -> dict[str, list[str]]:
        return {
            name: [entry["url"].rpartition("/")[2] for entry in entries]
            for name, entries in job["changes"].items()
            if name != "unchanged" and entries
        }

    return names


async def test_a_page_is_crawled_again_and_again(
    installation, shop, campaign, window, crawl, answers, told
) -> None:
    assert (await crawl())["changes"] is None
    assert answers() == {"first.jpg": 200, "second.jpg": 200, "third.jpg": 200}
    rows, objects = installation.rows(IMAGES), installation.objects()
    assert len(rows) == 3

    # nothing has changed, for a worker or for a crawl of one page
    jobs = [await crawl()]
    assert answers() == {}
    jobs.append(_crawl_once(installation, shop, campaign))
    assert answers() == {}
    ends = [(job["outcome"], job["images_saved"], job["result"]) for job in jobs]
    assert ends == [("succeeded", 3, None)] * 2
    assert [job["changes"] for job in jobs] == [{**NOTHING, "unchanged": True}] * 2
    assert installation.rows(IMAGES) == rows

    # the page has changed
    window["first"] = "sneaker-side-sand"
    del window["second"]
    window["fourth"] = "watch-front"
    job = await crawl()
    assert answers() == {"first.jpg": 200, "third.jpg": 304, "fourth.jpg": 200}
    assert told(job) == {
        "added": ["fourth.jpg"],
        "changed": ["first.jpg"],
        "removed": ["second.jpg"],
    }
    assert job["images_saved"] == 3
    assert len(installation.rows(MISSING)) == 2

    # the page has not changed, but bytes have, and a week has passed
    window["first"] = DRESSED["first"]
    installation.rows("UPDATE sales_pages SET verified_at = now() - interval '8 days'")
    job = await crawl()
    assert answers() == {"first.jpg": 200, "third.jpg": 304, "fourth.jpg": 304}
    assert told(job) == {"changed": ["first.jpg"]}
    assert len(installation.rows(MISSING)) == 2
    after = installation.objects()
    assert len(after) == 5
    assert {key: after[key] for key in objects} == objects


def _crawl_once(installation: Installation, shop: DemoShop, campaign: str) -> Mapping[str, Any]:
    shop.answers.clear()
    arguments = (f"url={shop.url}/window", f"campaign_id={campaign}", "incremental=1")
    pairs = (part for argument in arguments for part in ("-a", argument))
    done = installation.run("scrapy", "crawl", "sales_page", *pairs)
    assert done.returncode == 0, done.stderr
    [job] = installation.rows("SELECT * FROM scrape_jobs ORDER BY created_at DESC LIMIT 1")
    return job
