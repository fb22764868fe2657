"""A row that goes leaves its object's key to the purge, however it went."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import text

from imagecrawler.db.keys import reserve_keys
from imagecrawler.db.repository import ScrapedImageRepository, save_page
from imagecrawler.errors import UnknownCampaign
from imagecrawler.items import Outcome, Reason

OUTBOX = "SELECT key FROM deleted_objects ORDER BY key"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"


@pytest.mark.parametrize("table", ["scraped_images", "campaigns", "users"])
async def test_every_way_to_delete_fills_the_outbox(saved_page, scored, sql, table):
    item = await saved_page(scored("a"), scored("b"))
    sql(f"DELETE FROM {table}")
    assert sql("SELECT count(*) FROM scraped_images") == [(0,)]
    assert sql(OUTBOX) == [(stored.key,) for stored in item.stored]


async def test_a_rolled_back_deletion_leaves_the_outbox_empty(database, saved_page, scored, sql):
    item = await saved_page(scored("a"))
    async with database.session() as db:
        await db.execute(text("DELETE FROM scraped_images"))
        assert (await db.scalars(text(OUTBOX))).one() == item.stored[0].key
        await db.rollback()
    assert sql(OUTBOX) == []


async def test_a_deleted_picture_crawled_again_gets_a_new_key(database, saved_page, scored, sql):
    first = (await saved_page(scored("a"))).stored[0]
    sql("DELETE FROM scraped_images")
    second = (await saved_page(scored("a"))).stored[0]
    assert second.key.endswith("hero_02.jpg")
    assert sql(OUTBOX) == [(first.key,)]


async def test_delete_is_for_the_owner_and_the_campaign(database, campaign, saved_page, scored):
    image_id = (await saved_page(scored("a"))).stored[0].id
    delete = ScrapedImageRepository.delete
    async with database.session() as db:
        ids = {"campaign_id": str(campaign.id), "image_id": str(image_id)}
        assert not await delete(db=db, **ids, user_id=uuid4())
        assert not await delete(db=db, campaign_id=campaign.id, image_id=uuid4())
        assert await delete(db=db, **ids, user_id=campaign.user_id)
        assert not await delete(db=db, **ids)


async def test_deleted_between_upload_and_row(database, reserved_page, saved_page, scored, sql):
    await saved_page(scored("a"), scored("b"))
    again = await reserved_page(scored("a"), scored("b"))
    sql("DELETE FROM scraped_images WHERE r2_path = %s", again.stored[0].key)
    async with database.session() as db:
        saved = await save_page(db, again)
    assert [stored.scored.url for stored in saved.stored] == [scored("b").url]
    assert [rejection.reason for rejection in saved.rejections] == [Reason.UPLOAD_FAILED]
    assert saved.outcome is Outcome.PARTIAL
    assert sql("SELECT r2_path FROM scraped_images") == [(again.stored[1].key,)]


async def test_all_deleted_between_upload_and_row(database, reserved_page, saved_page, scored, sql):
    await saved_page(scored("a"))
    again = await reserved_page(scored("a"), outcome=Outcome.PARTIAL, detail="the page was cut")
    sql("DELETE FROM scraped_images")
    async with database.session() as db:
        saved = await save_page(db, again)
    assert saved.stored == ()
    assert saved.outcome is Outcome.FAILED
    assert saved.detail == "the page was cut; 1 deleted while its page was crawled"


async def test_a_campaign_deleted_while_it_is_crawled(
    database, campaign, reserved_page, scored, sql
):
    item = await reserved_page(scored("a"))
    sql("DELETE FROM campaigns")
    with pytest.raises(UnknownCampaign):
        async with database.session() as db:
            await save_page(db, item)


@pytest.mark.parametrize("table", ["campaigns", "users"])
async def test_a_deletion_waits_for_a_page_that_is_being_saved(
    database, campaign, saved_page, reserved_page, scored, sql, table
):
    await saved_page(scored("a"))
    item = await reserved_page(scored("a"), scored("b"))
    async with database.session() as db:
        await save_page(db, item)
        deletion = asyncio.create_task(asyncio.to_thread(sql, f"DELETE FROM {table}"))
        while sql(WAITING) == [(0,)]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await reserve_keys(db, campaign.id, [("c" * 64, item.stored[0].scored.role, "jpg")])
    await deletion
    assert sql(OUTBOX) == [(stored.key,) for stored in item.stored]
