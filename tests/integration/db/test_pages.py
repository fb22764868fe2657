"""What is kept of pages that are crawled again and again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from imagecrawler.db.campaigns import ensure_demo_campaign
from imagecrawler.db.jobs import finish_job
from imagecrawler.db.pages import know_page, remember_page
from imagecrawler.db.repository import save_page
from imagecrawler.items import KnownImage, Outcome, Reason, Rejection

HOURS = timedelta(hours=20)
PAGE = "SELECT domain, max_images, failures, fingerprint, job_id::text FROM sales_pages"
HOURS_TO_WAIT = (
    "SELECT failures, round(extract(epoch FROM next_due_at - now()) / 3600)::int FROM sales_pages"
)


@pytest.fixture
def save(database):
    """Ends the crawl of a page as the last pipeline does."""

    async def save(item):
        async with database.session() as db:
            item = await save_page(db, item)
            await remember_page(db, item, HOURS)
        return item

    return save


@pytest.fixture
def crawled(reserved_page, save):
    async def crawl(*images, **extra):
        return await save(await reserved_page(*images, **{"fingerprint": "f" * 64} | extra))

    return crawl


@pytest.fixture
def know(database):
    async def know(item):
        async with database.session() as db:
            return await know_page(db, item.target)

    return know


async def test_a_page_that_gave_something_is_crawled_again(crawled, scored, sql):
    item = await crawled(scored("a"))
    assert sql(PAGE) == [("shop.example", 10, 0, "f" * 64, str(item.job_id))]
    assert sql(HOURS_TO_WAIT) == [(0, 20)]
    assert sql("SELECT last_crawled_at = verified_at FROM sales_pages") == [(True,)]
    again = await crawled(scored("a"), fingerprint="e" * 64)
    assert sql(PAGE) == [("shop.example", 10, 0, "e" * 64, str(again.job_id))]


async def test_each_route_of_an_application_is_a_page(reserved_page, save, know, scored, sql):
    items = []
    for route in ("1", "2"):
        item = await reserved_page(scored(route), fingerprint=route * 64)
        target = replace(item.target, url=f"https://shop.example/#/product/{route}")
        items.append(await save(replace(item, target=target)))
    assert [(await know(item)).fingerprint for item in items] == ["1" * 64, "2" * 64]
    assert sql("SELECT count(*), count(DISTINCT domain) FROM sales_pages") == [(2, 1)]


@pytest.mark.parametrize("complete", [True, False])
async def test_a_page_of_which_something_is_lacking_is_not_recognised(
    crawled, scored, sql, complete
):
    await crawled(scored("a"))
    await crawled(scored("a"), outcome=Outcome.PARTIAL, detail="cut", complete=complete)
    assert sql("SELECT fingerprint FROM sales_pages") == [(None,)]


async def test_a_page_that_never_gave_anything_is_not_remembered(crawled, know, sql):
    item = await crawled(outcome=Outcome.FAILED, detail="HTTP 404")
    assert sql(PAGE) == []
    assert await know(item) is None


async def test_the_demo_s_pages_are_not_crawled_again(database, crawled, scored, sql):
    item = await crawled(scored("a"))
    sql("DELETE FROM sales_pages")
    async with database.session() as db:
        demo = await ensure_demo_campaign(db)
        target = replace(item.target, campaign_id=demo.id, user_id=demo.user_id)
        await remember_page(db, replace(item, target=target), HOURS)
    assert sql(PAGE) == []


async def test_a_page_that_gives_nothing_is_asked_less_and_less(crawled, scored, sql):
    await crawled(scored("a"))
    waits = []
    for days in (1, 2, 4, 8, 16, 32, 64):
        sql(f"UPDATE sales_pages SET last_crawled_at = now() - interval '{days} days'")
        sql("UPDATE sales_pages SET next_due_at = now()")
        await crawled(outcome=Outcome.BLOCKED, detail="HTTP 429")
        waits += sql(HOURS_TO_WAIT)
    assert waits == [(1, 19), (2, 38), (3, 77), (4, 154), (5, 307), (6, 614), (7, 720)]
    await crawled(scored("a"))
    assert sql(HOURS_TO_WAIT) == [(0, 20)]


async def test_a_failure_never_brings_a_turn_forward(crawled, scored, sql):
    await crawled(scored("a"))
    await crawled(outcome=Outcome.FAILED, detail="the crawl was stopped")
    assert sql(HOURS_TO_WAIT) == [(1, 20)]


async def test_a_job_that_no_pipeline_has_ended_counts_too(database, crawled, scored, sql):
    item = await crawled(scored("a"))
    broken = replace(item, job_id=uuid4(), stored=(), outcome=Outcome.FAILED, detail="killed")
    async with database.session() as db:
        await finish_job(db, broken)
    assert sql("SELECT failures FROM sales_pages") == [(1,)]


async def test_what_is_known_of_a_page(crawled, know, scored):
    image = scored("a")
    tagged = replace(image, image=replace(image.image, etag='W/"1"', last_modified="yesterday"))
    item = await crawled(tagged, scored("b"))
    known = await know(item)
    keys = [each.key for each in item.stored]
    assert known.images == {
        image.url: KnownImage(image.sha256, keys[0], 'W/"1"', "yesterday"),
        scored("b").url: KnownImage(scored("b").sha256, keys[1]),
    }
    assert (known.fingerprint, known.intact) == ("f" * 64, True)
    assert known.verified_at is not None


async def test_of_two_at_one_address_the_present_one_is_known(crawled, know, scored):
    other = replace(scored("b"), image=replace(scored("b").image, url=scored("a").url))
    for image in (scored("a"), other, scored("a")):
        known = await know(await crawled(image))
        assert [each.sha256 for each in known.images.values()] == [image.sha256]


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM scraped_images WHERE r2_path LIKE '%%_01.jpg'",
        "UPDATE scraped_images SET missing_since = now() WHERE r2_path LIKE '%%_01.jpg'",
        "DELETE FROM scrape_jobs",
    ],
)
async def test_a_page_that_lacks_something_is_not_intact(crawled, know, scored, sql, change):
    item = await crawled(scored("a"), scored("b"))
    sql(change)
    assert not (await know(item)).intact


async def test_a_picture_that_another_page_has_too_is_known(
    crawled, reserved_page, save, know, scored
):
    item = await crawled(scored("a"))
    elsewhere = replace(item.target, url="https://shop.example/p/2")
    await save(replace(await reserved_page(scored("a")), target=elsewhere))
    known = await know(item)
    assert list(known.images) == [scored("a").url]
    assert known.intact


async def test_an_unchanged_page_writes_one_job(crawled, save, scored, sql):
    rejected = (Rejection("https://shop.example/logo.png", Reason.GRAPHIC),)
    item = await crawled(scored("a"), rejections=rejected)
    sql("UPDATE sales_pages SET next_due_at = now(), failures = 2, verified_at = '2001-01-01'")
    rows = sql("SELECT * FROM scraped_images")
    again = replace(item, job_id=uuid4(), stored=(), rejections=(), unchanged=True)
    await save(again)
    assert sql("SELECT * FROM scraped_images") == rows
    assert sql(HOURS_TO_WAIT) == [(0, 20)]
    assert sql("SELECT verified_at = '2001-01-01', job_id::text FROM sales_pages") == [
        (True, str(item.job_id))
    ]
    columns = "state, outcome, detail, images_found, images_saved, images_skipped, result"
    empty = {name: [] for name in ("added", "changed", "removed", "returned")}
    assert sql(f"SELECT {columns}, changes FROM scrape_jobs WHERE id = %s", again.job_id) == [
        ("finished", "succeeded", "", 2, 1, 1, None, {**empty, "unchanged": True})
    ]
