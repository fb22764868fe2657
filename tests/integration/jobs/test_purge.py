from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from imagecrawler.config import Config
from imagecrawler.errors import StoreError
from imagecrawler.jobs.purge import BATCH, Purger, purge_deleted
from imagecrawler.storage import ObjectStore, open_store
from imagecrawler.storage.filesystem import FilesystemStore

LEFT = "SELECT key FROM deleted_objects ORDER BY id"
IMAGE = """
    INSERT INTO scraped_images (campaign_id, user_id, r2_path, cdn_url, width, height, file_size,
        format) VALUES (%s, %s, %s, 'u', 1, 1, 1, 'jpeg')
"""


@pytest.fixture
async def store(tmp_path) -> AsyncIterator[ObjectStore]:
    store = open_store(Config(data_dir=tmp_path))
    yield store
    await store.close()


@pytest.fixture
def picture(store, campaign, sql):
    """Puts an object with its row; gives its key."""

    async def make(number: int) -> str:
        key = f"campaigns/{campaign.id}/scraped-images/hero_{number:02d}.jpg"
        await store.put(key, b"x", content_type="image/jpeg", metadata={})
        sql(IMAGE, campaign.id, campaign.user_id, key)
        return key

    return make


class FailingStore(FilesystemStore):
    """Fails to delete what is in ``refused``."""

    refused: frozenset[str] = frozenset()
    asked = 0

    async def delete(self, key: str) -> None:
        self.asked += 1
        if key in self.refused:
            raise StoreError(f"delete {key}: the store is down")
        await super().delete(key)


async def test_what_was_deleted_is_deleted_from_the_store(database, store, picture, sql):
    gone, kept = await picture(1), await picture(2)
    sql("DELETE FROM scraped_images WHERE r2_path = %s", gone)
    assert await purge_deleted(database, store) == 1
    assert await store.head(gone) is None
    assert await store.head(kept) is not None
    assert sql(LEFT) == []
    assert await purge_deleted(database, store) == 0


@pytest.mark.parametrize("table", ["campaigns", "users"])
async def test_a_cascade_empties_its_objects(database, store, picture, sql, table):
    keys = [await picture(number) for number in range(1, 4)]
    sql(f"DELETE FROM {table}")
    assert await purge_deleted(database, store) == 3
    assert [await store.head(key) for key in keys] == [None] * 3


async def test_an_object_that_a_row_names_again_stays(database, store, picture, campaign, sql):
    key = await picture(1)
    sql("DELETE FROM scraped_images")
    sql(IMAGE, campaign.id, campaign.user_id, key)
    assert await purge_deleted(database, store) == 0
    assert await store.head(key) is not None
    assert sql(LEFT) == []


async def test_what_the_store_fails_to_delete_waits(database, tmp_path, picture, sql):
    keys = [await picture(number) for number in range(1, 4)]
    sql("DELETE FROM scraped_images")
    store = FailingStore(tmp_path / "media")
    store.refused = frozenset({keys[1]})
    assert await purge_deleted(database, store) == 2
    assert sql(LEFT) == [(keys[1],)]
    store.refused = frozenset()
    assert await purge_deleted(database, store) == 1
    assert await store.head(keys[1]) is None
    await store.close()


async def test_a_store_that_is_down_is_asked_for_one_batch(database, tmp_path, sql):
    rows = "INSERT INTO deleted_objects (key) SELECT 'key_' || n FROM generate_series(1, {}) n"
    sql(rows.format(3 * BATCH))
    store = FailingStore(tmp_path / "media")
    store.refused = frozenset(f"key_{number}" for number in range(1, 3 * BATCH + 1))
    assert await purge_deleted(database, store) == 0
    assert store.asked == BATCH
    assert len(sql(LEFT)) == 3 * BATCH
    await store.close()


async def test_many_purge_at_once(database, tmp_path, sql):
    total = 3 * BATCH + 7
    sql(f"INSERT INTO deleted_objects (key) SELECT 'key_' || n FROM generate_series(1, {total}) n")
    store = FailingStore(tmp_path / "media")
    counts = await asyncio.gather(*(purge_deleted(database, store) for _ in range(4)))
    assert sum(counts) == store.asked == total
    assert sql(LEFT) == []
    await store.close()


async def test_the_purger_is_prompt(database, tmp_path, picture, store, sql, eventually):
    before = await picture(1)
    sql("DELETE FROM scraped_images")
    purger = Purger(database, open_store(Config(data_dir=tmp_path)))
    await purger.open()
    try:
        await eventually(lambda: not sql(LEFT))
        later = await picture(2)
        sql("DELETE FROM campaigns")
        await eventually(lambda: not sql(LEFT))
    finally:
        await purger.close()
    assert [await store.head(key) for key in (before, later)] == [None, None]


async def test_the_purger_tries_again_when_it_is_woken(
    database, tmp_path, picture, sql, eventually
):
    key = await picture(1)
    store = FailingStore(tmp_path / "media")
    store.refused = frozenset({key})
    purger = Purger(database, store)
    await purger.open()
    try:
        sql("DELETE FROM scraped_images")
        await eventually(lambda: store.asked > 0)
        assert sql(LEFT) == [(key,)]
        store.refused = frozenset()
        purger.wake()
        await eventually(lambda: not sql(LEFT))
    finally:
        await purger.close()
