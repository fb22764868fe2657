"""Crawls, deletions and purges of one campaign at once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from imagecrawler.db.campaigns import Campaign
from imagecrawler.db.repository import ScrapedImageRepository
from imagecrawler.items import Outcome, Reason
from imagecrawler.jobs.purge import purge_deleted
from imagecrawler.jobs.reconcile import reconcile

IMAGES = "SELECT id::text, r2_path FROM scraped_images ORDER BY r2_path"
NONE = timedelta(0)
KEYS = "SELECT key FROM object_keys"


@pytest.fixture
def delete(database, campaign: Campaign, sql) -> Callable:
    """Deletes the picture of that name, where it has a row; says whether."""

    async def by_name(name: str) -> bool:
        found = sql(f"SELECT id::text FROM scraped_images WHERE original_url LIKE '%/{name}'")
        if not found:
            return False
        async with database.session() as db:
            return await ScrapedImageRepository.delete(
                db=db, campaign_id=campaign.id, image_id=found[0][0]
            )

    return by_name


class Gate:
    """Holds uploads back once they have begun."""

    def __init__(self, store) -> None:
        self.reached, self.open = asyncio.Event(), asyncio.Event()
        self._put = store.put
        store.put = self

    async def __call__(self, *args, **kwargs) -> None:
        self.reached.set()
        await self.open.wait()
        await self._put(*args, **kwargs)


async def test_two_crawls_of_one_page_give_one_row_a_picture(crawl, agreed, sql):
    items = await asyncio.gather(*(crawl("abcd") for _ in range(2)))
    assert [item.outcome for item in items] == [Outcome.SUCCEEDED] * 2
    first, second = ({each.key: each.id for each in item.stored} for item in items)
    assert first == second
    assert sql("SELECT count(*), max(number) FROM object_keys") == [(4, 4)]
    for item in items:
        await agreed(item, rows=4)


async def test_many_crawls_of_one_campaign_share_their_pictures(crawl, agreed, sql):
    pages = ("abc", "bcd", "cde", "def", "efa", "fab")
    items = await asyncio.gather(*(crawl(names) for names in pages))
    assert {item.outcome for item in items} == {Outcome.SUCCEEDED}
    assert sql("SELECT count(*), max(number) FROM object_keys") == [(6, 6)]
    for item in items:
        await agreed(item, rows=6)


async def test_an_image_deleted_during_its_upload_is_not_saved(
    crawl, agreed, delete, store, database, sql
):
    await crawl("abc")
    await store.delete(sql(IMAGES)[0][1])
    gate = Gate(store)
    going_on = asyncio.create_task(crawl("abc"))
    await gate.reached.wait()
    assert await delete("a")
    await purge_deleted(database, store)
    gate.open.set()
    item = await going_on
    assert item.outcome is Outcome.PARTIAL
    assert [each.reason for each in item.rejections] == [Reason.UPLOAD_FAILED]
    await agreed(item, rows=2)


async def test_a_campaign_deleted_during_a_crawl_leaves_nothing(crawl, database, store, sql):
    await crawl("ab")
    gate = Gate(store)
    going_on = asyncio.create_task(crawl("abcd"))
    await gate.reached.wait()
    sql("DELETE FROM campaigns")
    gate.open.set()
    item = await going_on
    assert item.outcome is Outcome.FAILED
    assert await purge_deleted(database, store) == 2
    await reconcile(database, store, fix=True, grace=NONE)
    assert await _keys(store) == set()
    assert sql(IMAGES) == []


@pytest.mark.parametrize("seed", range(4))
async def test_no_number_is_given_twice_whatever_comes_together(
    crawl, delete, database, store, sql, seed
):
    """A number's bytes never change, and in the end rows are objects."""
    dice = random.Random(seed)
    put: dict[str, bytes] = {}
    keep = store.put

    async def put_once(key, body, **kwargs):
        assert put.setdefault(key, body) == body
        await keep(key, body, **kwargs)

    store.put = put_once

    async def act() -> None:
        for _ in range(4):
            await asyncio.sleep(dice.random() / 50)
            deed = dice.choice((crawl, crawl, delete, purge_deleted))
            if deed is crawl:
                await crawl("".join(dice.sample("abcdef", 3)))
            elif deed is delete:
                await delete(dice.choice("abcdef"))
            else:
                await purge_deleted(database, store)

    await asyncio.gather(*(act() for _ in range(5)))
    await purge_deleted(database, store)
    rows = {key for _, key in sql(IMAGES)}
    assert await _keys(store) >= rows
    await reconcile(database, store, fix=True, grace=NONE)
    assert await _keys(store) == {key for _, key in sql(IMAGES)}
    assert set(put) <= {key for (key,) in sql(KEYS)}


async def _keys(store) -> set[str]:
    return {info.key async for info in store.list()}
