from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from imagecrawler.db.campaigns import add_campaign, ensure_demo_campaign, find_campaign
from imagecrawler.errors import BadInput, UnknownCampaign


async def test_find(database, campaign):
    async with database.session() as db:
        assert await find_campaign(db, campaign.id) == campaign
        assert await find_campaign(db, str(campaign.id), str(campaign.user_id)) == campaign


async def test_another_owners_campaign_is_as_unknown_as_none(database, campaign):
    for campaign_id, user_id in ((campaign.id, uuid4()), (uuid4(), None)):
        with pytest.raises(UnknownCampaign, match=rf"{campaign_id}: unknown; add it with"):
            async with database.session() as db:
                await find_campaign(db, campaign_id, user_id)


async def test_a_malformed_id_is_named(database):
    with pytest.raises(BadInput, match="campaign_id: 'abc-123' is not a UUID"):
        async with database.session() as db:
            await find_campaign(db, "abc-123")


async def test_adding_twice_adds_once(database, sql):
    user_id, campaign_id = uuid4(), uuid4()
    for _ in range(2):
        async with database.session() as db:
            added = await add_campaign(db, "Spring", user_id, campaign_id)
        assert (added.id, added.user_id) == (campaign_id, user_id)
    assert sql("SELECT name FROM campaigns") == [("Spring",)]


async def test_an_owner_can_have_several_campaigns(database, campaign):
    async with database.session() as db:
        second = await add_campaign(db, "Second", campaign.user_id)
    assert second.user_id == campaign.user_id
    assert second.id != campaign.id


async def test_another_owners_campaign_cannot_be_added(database, campaign):
    with pytest.raises(BadInput, match="belongs to another user"):
        async with database.session() as db:
            await add_campaign(db, "Mine", uuid4(), campaign.id)


async def test_the_demo_campaign_is_one_however_many_ask(database, sql):
    async def ask():
        async with database.session() as db:
            return await ensure_demo_campaign(db)

    assert len(set(await asyncio.gather(*(ask() for _ in range(8))))) == 1
    assert sql("SELECT count(*) FROM campaigns") == [(1,)]
