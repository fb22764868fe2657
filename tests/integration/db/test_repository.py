from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from imagecrawler.db.repository import ScrapedImageRepository as Images
from imagecrawler.errors import BadInput
from imagecrawler.items import Role

NO_STATS = {
    "total_count": 0,
    "hero_count": 0,
    "product_count": 0,
    "lifestyle_count": 0,
    "avg_quality": 0.0,
    "max_quality": 0.0,
    "total_size_mb": 0.0,
}


@pytest.fixture
async def page(saved_page, scored):
    return await saved_page(
        scored("p", 70.25, Role.PRODUCT),
        scored("h", 92.5, Role.HERO),
        scored("l", 80.0, Role.LIFESTYLE),
    )


async def test_best_first(database, campaign, page):
    async with database.session() as db:
        images = await Images.get_by_campaign(db=db, campaign_id=str(campaign.id))
        second = await Images.get_by_campaign(db=db, campaign_id=campaign.id, limit=1, offset=1)
    assert [image.quality_score for image in images] == [92.5, 80.0, 70.25]
    assert [image.id for image in second] == [images[1].id]
    assert images[0].details["page_url"] == page.target.url
    assert images[0].scraped_at.tzinfo is not None


@pytest.mark.parametrize(
    ("image_type", "names"), [("hero", ["h"]), ("product", ["h", "p"]), ("lifestyle", ["l"])]
)
async def test_of_one_type(database, campaign, page, image_type, names):
    async with database.session() as db:
        images = await Images.get_by_campaign(db=db, campaign_id=campaign.id, image_type=image_type)
    assert [image.alt_text for image in images] == names


async def test_wrong_arguments_are_named(database, campaign):
    async with database.session() as db:
        with pytest.raises(BadInput, match="image_type: 'banner'"):
            await Images.get_by_campaign(db=db, campaign_id=campaign.id, image_type="banner")
        with pytest.raises(BadInput, match="campaign_id: 'abc-123'"):
            await Images.get_stats(db=db, campaign_id="abc-123")
        with pytest.raises(BadInput, match="image_id: '1'"):
            await Images.increment_usage(db=db, image_id="1")


async def test_stats(database, campaign, page, sql):
    sql("UPDATE scraped_images SET file_size = 1024 * 1024 * 3 / 2")
    async with database.session() as db:
        stats = await Images.get_stats(db=db, campaign_id=str(campaign.id))
    assert stats == {
        "total_count": 3,
        "hero_count": 1,
        "product_count": 2,
        "lifestyle_count": 1,
        "avg_quality": 80.9,
        "max_quality": 92.5,
        "total_size_mb": 4.5,
    }


async def test_stats_of_nothing_are_zeros(database, campaign):
    async with database.session() as db:
        assert await Images.get_stats(db=db, campaign_id=campaign.id) == NO_STATS


async def test_another_owner_sees_nothing(database, campaign, page):
    ids = {"campaign_id": campaign.id, "user_id": uuid4()}
    async with database.session() as db:
        assert await Images.get_by_campaign(db=db, **ids) == []
        assert await Images.get_stats(db=db, **ids) == NO_STATS
        assert await Images.get_most_used(db=db, **ids) == []
        image_id = page.stored[0].id
        assert not await Images.increment_usage(db=db, image_id=image_id, user_id=uuid4())


async def test_usage_is_exact_with_fifty_writers(database, page, sql):
    async def use():
        async with database.session() as db:
            assert await Images.increment_usage(db=db, image_id=str(page.stored[0].id))

    await asyncio.gather(*(use() for _ in range(50)))
    used = "SELECT times_used, last_used_at IS NOT NULL FROM scraped_images WHERE times_used > 0"
    assert sql(used) == [(50, True)]


async def test_usage_of_no_image(database, page):
    async with database.session() as db:
        assert not await Images.increment_usage(db=db, image_id=uuid4())


async def test_most_used_first(database, campaign, page):
    async with database.session() as db:
        for stored, times in zip(page.stored, (1, 3, 2), strict=True):
            for _ in range(times):
                await Images.increment_usage(db=db, image_id=stored.id)
        most = await Images.get_most_used(db=db, campaign_id=str(campaign.id), limit=2)
    assert [image.times_used for image in most] == [3, 2]


async def test_plain_sql_needs_no_more_than_the_required_columns(database, campaign, sql):
    sql(
        "INSERT INTO scraped_images (campaign_id, user_id, r2_path, cdn_url, width, height, "
        "file_size, format) VALUES (%s, %s, 'hero_1.jpg', 'https://cdn.example/1', 1, 1, 1, 'png')",
        *(campaign.id, campaign.user_id),
    )
    async with database.session() as db:
        (image,) = await Images.get_by_campaign(db=db, campaign_id=campaign.id)
    assert (image.quality_score, image.is_hero, image.times_used) == (0.0, False, 0)
    assert image.details == {}
