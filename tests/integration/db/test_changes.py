"""What the job of a page that was crawled before says of its pictures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from imagecrawler.db.pages import remember_page
from imagecrawler.items import Outcome

NOTHING = {name: [] for name in ("added", "changed", "removed", "returned")}


@pytest.fixture
def crawled(database, saved_page, sql):
    """Crawls the page; gives its item and what its job says is different."""

    async def crawl(*images, **extra):
        item = await saved_page(*images, **extra)
        async with database.session() as db:
            await remember_page(db, item, timedelta())
        [(changes,)] = sql("SELECT changes FROM scrape_jobs WHERE id = %s", item.job_id)
        return item, changes

    return crawl


@pytest.fixture
def entry():
    return lambda stored: {"id": str(stored.id), "url": stored.scored.url}


async def test_the_first_crawl_is_compared_with_nothing(crawled, scored):
    _, changes = await crawled(scored("a"))
    assert changes is None


async def test_the_same_pictures_are_no_difference(crawled, scored):
    await crawled(scored("a"))
    _, changes = await crawled(scored("a"))
    assert changes == {**NOTHING, "unchanged": False}


async def test_pictures_come_go_and_return(crawled, scored, entry):
    first, _ = await crawled(scored("a"), scored("b"))
    second, changes = await crawled(scored("a"), scored("c"))
    gone, new = entry(first.stored[1]), entry(second.stored[1])
    assert changes == {**NOTHING, "added": [new], "removed": [gone], "unchanged": False}
    _, changes = await crawled(scored("a"), scored("b"))
    assert changes == {**NOTHING, "removed": [new], "returned": [gone], "unchanged": False}


async def test_other_bytes_at_an_address_are_one_change(crawled, scored, entry, sql):
    first, _ = await crawled(scored("a"))
    image = scored("b")
    here = replace(image, image=replace(image.image, url=scored("a").url))
    second, changes = await crawled(here)
    changed = entry(second.stored[0]) | {"previous_id": str(first.stored[0].id)}
    assert changes == {**NOTHING, "changed": [changed], "unchanged": False}
    back, changes = await crawled(scored("a"))
    changed = entry(back.stored[0]) | {"previous_id": str(second.stored[0].id)}
    assert changes == {**NOTHING, "changed": [changed], "unchanged": False}
    assert sql("SELECT count(*), count(missing_since) FROM scraped_images") == [(2, 1)]


async def test_a_page_that_was_not_seen_has_no_changes(crawled, scored):
    await crawled(scored("a"))
    _, changes = await crawled(outcome=Outcome.FAILED, detail="HTTP 500")
    assert changes is None
