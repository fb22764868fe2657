from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from imagecrawler.db.keys import Reservation, object_key, reserve_keys
from imagecrawler.errors import UnknownCampaign
from imagecrawler.items import Role


def digest(number: int) -> str:
    return f"{number:064x}"


@pytest.fixture
def reserve(database, campaign):
    async def reserve(*digests: str, role: Role = Role.HERO) -> dict[str, Reservation]:
        async with database.session() as db:
            return await reserve_keys(db, campaign.id, [(each, role, "jpg") for each in digests])

    return reserve


async def test_numbers_are_given_once_however_many_ask(reserve, sql):
    lots = [[digest(10 * task + n) for n in range(5)] for task in range(10)]
    reserved = await asyncio.gather(*(reserve(*digests) for digests in lots))
    keys = [reservation.key for each in reserved for reservation in each.values()]
    assert len(set(keys)) == 50
    assert sql("SELECT count(DISTINCT number), max(number) FROM object_keys") == [(50, 50)]


async def test_the_same_bytes_keep_their_key_whatever_they_are_called_now(reserve):
    first = await reserve(digest(1))
    assert await reserve(digest(1), role=Role.PRODUCT) == first


async def test_the_same_bytes_asked_by_two_at_once_get_one_key(reserve):
    one, two = await asyncio.gather(reserve(digest(1)), reserve(digest(1)))
    assert one == two


async def test_stored_only_once_a_row_is_there(reserve, saved_page, scored):
    image = scored("a")
    assert not (await reserve(image.sha256))[image.sha256].stored
    await saved_page(image)
    assert (await reserve(image.sha256))[image.sha256].stored


async def test_a_number_that_plain_sql_used_is_not_given(reserve, campaign, sql):
    key = object_key(campaign.id, Role.HERO, 7, "jpg")
    sql(
        "INSERT INTO scraped_images (campaign_id, user_id, r2_path, cdn_url, width, height, "
        "file_size, format) VALUES (%s, %s, %s, 'https://cdn.example/7', 10, 10, 10, 'jpeg')",
        *(campaign.id, campaign.user_id, key),
    )
    reserved = await reserve(digest(1))
    assert reserved[digest(1)].key == object_key(campaign.id, Role.HERO, 8, "jpg")


async def test_numbers_outlive_the_campaign(reserve, campaign, sql):
    await reserve(digest(1))
    sql("DELETE FROM campaigns")
    sql(
        "INSERT INTO campaigns (id, user_id, name) VALUES (%s, %s, '')",
        campaign.id,
        campaign.user_id,
    )
    assert (await reserve(digest(2)))[digest(2)].key.endswith("hero_02.jpg")


async def test_an_unknown_campaign_reserves_nothing(database, sql):
    with pytest.raises(UnknownCampaign):
        async with database.session() as db:
            await reserve_keys(db, uuid4(), [(digest(1), Role.HERO, "jpg")])
    assert sql("SELECT count(*) FROM object_keys") == [(0,)]
