from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from imagecrawler.db.campaigns import add_campaign
from imagecrawler.db.jobs import open_job
from imagecrawler.db.repository import ScrapedImageRepository, save_page
from imagecrawler.errors import BadInput, UnknownCampaign
from imagecrawler.items import Outcome, Reason, Rejection, Role

IDENTITY = "SELECT id, r2_path, created_at FROM scraped_images ORDER BY r2_path"
MISSING = "SELECT original_url FROM scraped_images WHERE missing_since IS NOT NULL"


async def test_ids_come_back(saved_page, scored, sql):
    item = await saved_page(scored("a"), scored("b"))
    rows = sql("SELECT id::text FROM scraped_images ORDER BY r2_path")
    assert rows == [(str(stored.id),) for stored in item.stored]


async def test_equal_qualities_are_listed_as_the_page_ranked_them(database, saved_page, scored):
    item = await saved_page(*(scored(name, 70.0) for name in "dbacfe"))
    async with database.session() as db:
        listed = await ScrapedImageRepository.get_by_campaign(
            db=db, campaign_id=item.target.campaign_id
        )
    assert [each.id for each in listed] == [stored.id for stored in item.stored]


async def test_the_same_page_again_gives_the_same_rows(saved_page, scored, sql):
    first = await saved_page(scored("a"), scored("b"))
    rows = sql(IDENTITY)
    second = await saved_page(scored("a"), scored("b"))
    assert sql(IDENTITY) == rows
    assert second.stored == first.stored


async def test_a_later_crawl_refreshes_what_can_change(database, saved_page, scored, sql):
    image_id = (await saved_page(scored("a", 50.0))).stored[0].id
    async with database.session() as db:
        await ScrapedImageRepository.increment_usage(db=db, image_id=image_id)
    before = sql("SELECT scraped_at, updated_at FROM scraped_images")[0]
    await saved_page(scored("a", 70.0, Role.LIFESTYLE))
    columns = "quality_score, is_hero, is_lifestyle, times_used, r2_path LIKE '%%hero_01.jpg'"
    assert sql(f"SELECT {columns} FROM scraped_images") == [(70.0, False, True, 1, True)]
    after = sql("SELECT scraped_at, updated_at FROM scraped_images")[0]
    assert all(now > then for now, then in zip(after, before, strict=True))


async def test_the_same_page_saved_by_two_at_once(database, reserved_page, scored, sql):
    items = [await reserved_page(scored("a"), scored("b")) for _ in range(4)]

    async def save(item):
        async with database.session() as db:
            return await save_page(db, item)

    saved = await asyncio.gather(*(save(item) for item in items))
    assert len({stored.id for item in saved for stored in item.stored}) == 2
    assert sql("SELECT count(*) FROM scraped_images") == [(2,)]


async def test_what_vanished_is_missing_until_it_returns(saved_page, scored, sql):
    await saved_page(scored("a"), scored("b"))
    await saved_page(scored("a"))
    assert sql(MISSING) == [(scored("b").url,)]
    since = sql("SELECT max(missing_since) FROM scraped_images")
    await saved_page(scored("a"))
    assert sql("SELECT max(missing_since) FROM scraped_images") == since
    await saved_page(scored("a"), scored("b"))
    assert sql(MISSING) == []


async def test_what_was_only_not_kept_is_not_missing(saved_page, scored, sql):
    await saved_page(scored("a"), scored("b"))
    over = Rejection(scored("b").url, Reason.OVER_LIMIT)
    await saved_page(scored("a"), rejections=(over,))
    assert sql(MISSING) == []


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.BLOCKED])
async def test_a_page_that_was_not_seen_says_nothing_of_its_images(
    saved_page, scored, sql, outcome
):
    await saved_page(scored("a"))
    await saved_page(outcome=outcome, detail="no page")
    assert sql(MISSING) == []


async def test_a_page_that_was_seen_in_part_says_nothing_of_the_rest(saved_page, scored, sql):
    await saved_page(scored("a"), scored("b"))
    cut = {"outcome": Outcome.PARTIAL, "detail": "the page was cut"}
    await saved_page(scored("a"), **cut, complete=False)
    assert sql(MISSING) == []
    await saved_page(scored("a"), outcome=Outcome.PARTIAL, detail="1 of 2 uploads failed")
    assert sql(MISSING) == [(scored("b").url,)]


async def test_another_page_of_the_campaign_is_left_alone(
    database, reserved_page, saved_page, scored, sql
):
    await saved_page(scored("a"))
    item = await reserved_page(scored("b"))
    item = replace(item, target=replace(item.target, url="https://shop.example/p/2"))
    async with database.session() as db:
        await save_page(db, item)
    assert sql(MISSING) == []


async def test_job_row(database, reserved_page, scored, sql):
    duplicate = Rejection("u\0", Reason.DUPLICATE, "same picture", duplicate_of="https://x/a")
    item = await reserved_page(scored("a"), rejections=(duplicate,), timings={"render": 1.5})
    async with database.session() as db:
        await open_job(db, item.target, item.job_id, external_id="scrapyd-1")
    assert sql("SELECT state, outcome, external_id FROM scrape_jobs") == [
        ("running", None, "scrapyd-1")
    ]
    async with database.session() as db:
        await save_page(db, item)
    assert sql(
        "SELECT state, outcome, images_found, images_saved, images_skipped, rejections, timings, "
        "external_id, finished_at >= started_at FROM scrape_jobs"
    ) == [
        (
            *("finished", "succeeded", 2, 1, 1),
            [
                {
                    "original_url": "u",
                    "reason": "duplicate",
                    "detail": "same picture",
                    "duplicate_of": "https://x/a",
                }
            ],
            {"render": 1.5},
            *("scrapyd-1", True),
        )
    ]
    assert sql("SELECT job_id::text FROM scraped_images") == [(str(item.job_id),)]


async def test_a_job_that_was_cut_off_runs_again(database, reserved_page, sql):
    item = await reserved_page()
    for external_id in ("first", "second"):
        async with database.session() as db:
            await open_job(db, item.target, item.job_id, external_id)
    assert sql("SELECT state, external_id FROM scrape_jobs") == [("running", "second")]


async def test_the_answer_is_kept_with_the_ids(saved_page, scored, sql):
    item = await saved_page(scored("a"), rejections=(Rejection("u\0", Reason.GRAPHIC),))
    [(result,)] = sql("SELECT result FROM scrape_jobs")
    assert result["images"][0]["id"] == str(item.stored[0].id)
    assert result["rejected"][0]["original_url"] == "u"
    assert (result["images_found"], result["images_saved"]) == (2, 1)


async def test_a_finished_job_is_not_opened_again(database, saved_page, scored, sql):
    item = await saved_page(scored("a"))
    row = sql("SELECT * FROM scrape_jobs")
    with pytest.raises(BadInput, match=f"job_id: {item.job_id}"):
        async with database.session() as db:
            await open_job(db, item.target, item.job_id)
    assert sql("SELECT * FROM scrape_jobs") == row


async def test_another_campaign_s_job_is_left_alone(database, reserved_page, sql):
    item = await reserved_page()
    async with database.session() as db:
        await open_job(db, item.target, item.job_id, "theirs")
        other = await add_campaign(db, "Other")
    target = replace(item.target, campaign_id=other.id, user_id=other.user_id)
    with pytest.raises(BadInput, match=f"job_id: {item.job_id}"):
        async with database.session() as db:
            await open_job(db, target, item.job_id, "ours")
    assert sql("SELECT campaign_id::text, external_id FROM scrape_jobs") == [
        (str(item.target.campaign_id), "theirs")
    ]


async def test_a_job_for_an_unknown_campaign(database, reserved_page, scored):
    item = await reserved_page(scored("a"))
    with pytest.raises(UnknownCampaign):
        async with database.session() as db:
            await open_job(db, replace(item.target, campaign_id=uuid4()), uuid4())
