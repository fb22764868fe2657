"""Store and database are brought apart in every way, and together again."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.dialects import postgresql

from imagecrawler.db import pg_programs
from imagecrawler.db.campaigns import lock_campaign
from imagecrawler.db.database import Database
from imagecrawler.db.keys import reserve_keys
from imagecrawler.db.reconciliation import (
    ImageRow,
    images_after,
    page_of_images,
    try_reconcile_lock,
)
from imagecrawler.db.repository import ScrapedImageRepository, save_page
from imagecrawler.errors import AlreadyRunning, DatabaseError, StoreError
from imagecrawler.items import (
    DownloadedImage,
    ImageCandidate,
    Measurements,
    PageItem,
    Role,
    ScoredImage,
    StoredImage,
    Version,
)
from imagecrawler.jobs import comparison
from imagecrawler.jobs.purge import purge_deleted
from imagecrawler.jobs.reconcile import reconcile, reconcile_once
from imagecrawler.presentation.differences import Kind
from imagecrawler.storage.filesystem import FilesystemStore
from imagecrawler.storage.metadata import describe

ROW = """
    SELECT campaign_id, user_id, r2_path, cdn_url, original_url, sha256, phash, width, height,
        file_size, format, quality_score, is_hero, is_product, is_lifestyle, alt_text, context,
        metadata FROM scraped_images ORDER BY r2_path
"""
KEYS = "SELECT r2_path FROM scraped_images ORDER BY r2_path"
OUTBOX = "SELECT key FROM deleted_objects"
PAGE = """
    INSERT INTO sales_pages (campaign_id, user_id, url, fingerprint, next_due_at)
    VALUES (%s, %s, %s, 'f', now() + interval '1 day')
"""
MANY = """
    WITH many AS (INSERT INTO campaigns (user_id, name) SELECT %s::uuid, 'n'
        FROM generate_series(1, 1000) RETURNING id, user_id)
    INSERT INTO scraped_images (campaign_id, user_id, r2_path, cdn_url, width, height, file_size,
        format)
    SELECT id, user_id, 'campaigns/' || id || '/scraped-images/hero_' || n || '.jpg', 'u', 1, 1, 1,
        'jpeg' FROM many, generate_series(1, 10) n
"""
DUE = "SELECT fingerprint IS NULL AND next_due_at <= now() FROM sales_pages"


@pytest.fixture
async def store(tmp_path) -> AsyncIterator[FilesystemStore]:
    store = FilesystemStore(tmp_path / "media", base_url="https://cdn.example")
    yield store
    await store.close()


@pytest.fixture
def run(database, store):
    """Reconciles without a grace period, unless one is given."""

    async def reconciled(*, fix=True, grace=timedelta(0)):
        told = []
        report = await reconcile(database, store, fix=fix, grace=grace, tell=told.append)
        assert len(told) == report.found.total()
        return report

    return reconciled


def scored(name: str) -> ScoredImage:
    body = name.encode() * 100
    url = f"https://shop.example/{name}.jpg"
    texts = {"alt": f"the {name}", "heading": "Sale", "caption": "Sale", "text": "x\0y"}
    return ScoredImage(
        DownloadedImage(ImageCandidate((Version(url),), ("img", "srcset"), **texts), url, body),
        Measurements(1200, 900, "jpeg", 2**64 - 1),
        sha256=hashlib.sha256(body).hexdigest(),
        quality=80.5,
        breakdown={"sharpness": 0.5},
        role=Role.HERO,
        is_product=True,
        is_lifestyle=False,
    )


@pytest.fixture
def uploaded(database, store, target):
    """A page whose crawl was killed between the uploads and the rows."""

    async def upload(*names: str) -> PageItem:
        images = [scored(name) for name in names]
        async with database.session() as db:
            wanted = [(image.sha256, image.role, "jpg") for image in images]
            keys = await reserve_keys(db, target.campaign_id, wanted)
        stored = [
            StoredImage(image, keys[image.sha256].key, store.url(keys[image.sha256].key))
            for image in images
        ]
        for each in stored:
            metadata = describe(target, each.scored)
            body = each.scored.image.body
            await store.put(each.key, body, content_type="image/jpeg", metadata=metadata)
        return PageItem(target, uuid4(), stored=tuple(stored))

    return upload


@pytest.fixture
def crawled(database, uploaded):
    """A page with objects and rows."""

    async def crawl(*names: str) -> PageItem:
        item = await uploaded(*names)
        async with database.session() as db:
            return await save_page(db, item)

    return crawl


async def objects(store):
    return [info.key async for info in store.list()]


async def test_what_agrees_is_left_alone(run, crawled, store, sql):
    await crawled("a", "b")
    before = sql(ROW), await objects(store)
    report = await run()
    assert (report.objects, report.rows, report.remaining) == (2, 2, 0)
    assert report.found.total() == 0
    assert (sql(ROW), await objects(store)) == before


async def test_nothing_at_all(run):
    report = await run()
    assert (report.objects, report.rows, report.remaining) == (0, 0, 0)


async def test_rows_are_rebuilt_as_the_crawl_would_have_written_them(database, run, uploaded, sql):
    item = await uploaded("a", "b")
    report = await run()
    assert (report.adopted, report.remaining) == (2, 0)
    adopted = sql(ROW)
    assert [row[2] for row in adopted] == [each.key for each in item.stored]
    async with database.session() as db:
        await save_page(db, item)
    assert sql(ROW) == adopted
    assert (await run()).found.total() == 0


async def test_without_fix_nothing_is_written(run, uploaded, store, sql):
    item = await uploaded("a")
    report = await run(fix=False)
    assert report.found == {Kind.UNRECORDED: 1}
    assert (report.remaining, report.adopted) == (1, 0)
    assert sql(KEYS) == []
    assert await objects(store) == [item.stored[0].key]


async def test_a_row_goes_to_the_campaign_s_owner_of_today(run, uploaded, sql):
    await uploaded("a")
    [(heir,)] = sql("INSERT INTO users DEFAULT VALUES RETURNING id::text")
    sql("UPDATE campaigns SET user_id = %s", heir)
    await run()
    assert sql("SELECT user_id::text FROM scraped_images") == [(heir,)]


async def test_young_objects_belong_to_a_crawl_that_still_runs(run, uploaded, sql):
    await uploaded("a")
    report = await run(grace=timedelta(minutes=1))
    assert (report.young, report.found.total(), report.remaining) == (1, 0, 0)
    assert sql(KEYS) == []


async def test_the_objects_of_a_campaign_that_is_gone_go(run, uploaded, store, sql):
    await uploaded("a", "b")
    sql("DELETE FROM campaigns")
    report = await run()
    assert (report.found, report.purged, report.remaining) == ({Kind.ORPHAN: 2}, 2, 0)
    assert await objects(store) == []
    assert sql(OUTBOX) == []


async def test_an_empty_database_empties_no_bucket(run, uploaded, store, sql):
    item = await uploaded("a")
    sql("TRUNCATE campaigns, object_keys CASCADE")
    report = await run()
    assert (report.found, report.remaining) == ({Kind.FOREIGN: 1}, 1)
    assert await objects(store) == [item.stored[0].key]


async def test_a_database_restored_from_before_the_crawl_gets_its_rows(run, crawled, sql):
    await crawled("a", "b")
    before = sql(ROW)
    sql("TRUNCATE scraped_images, object_keys")
    assert (await run()).adopted == 2
    assert sql(ROW) == before
    assert sql("SELECT number FROM object_keys ORDER BY number") == [(1,), (2,)]


async def test_a_number_that_was_given_again_is_a_conflict(run, crawled, uploaded, store, sql):
    item = await uploaded("a")
    sql("UPDATE object_keys SET key = replace(key, 'hero', 'product')")
    report = await run()
    assert (report.found, report.remaining) == ({Kind.CONFLICT: 1}, 1)
    assert await objects(store) == [item.stored[0].key]
    assert sql(KEYS) == []


async def test_an_upload_that_ended_after_its_image_was_deleted_and_purged(
    run, crawled, uploaded, store, sql
):
    item = await crawled("a")
    sql("DELETE FROM scraped_images")
    await run()
    assert await objects(store) == []
    key = item.stored[0].key
    await store.put(key, b"late", content_type="image/jpeg", metadata={})
    report = await run()
    assert (report.found, report.purged) == ({Kind.DELETED: 1}, 1)
    assert await objects(store) == []


async def test_what_waits_to_be_deleted_is_the_purge_s(run, crawled, store, sql):
    item = await crawled("a", "b")
    sql("DELETE FROM scraped_images WHERE r2_path = %s", item.stored[0].key)
    report = await run(fix=False)
    assert (report.pending, report.found.total()) == (1, 0)
    report = await run()
    assert (report.pending, report.objects) == (0, 1)
    assert await objects(store) == [item.stored[1].key]


async def test_what_cannot_be_read_is_never_deleted(run, campaign, store, sql, tmp_path):
    folder = f"campaigns/{campaign.id}/scraped-images"
    bare, odd = f"{folder}/hero_01.jpg", "campaigns/x/scraped-images/hero_01.jpg"
    for key in (bare, odd, f"campaigns/{campaign.id}/logo.png"):
        await store.put(key, b"x", content_type="image/jpeg", metadata={})
    (tmp_path / "media" / ".metadata" / f"{odd}.json").write_text("{")
    (tmp_path / "media" / folder / "hero_\udcff.jpg").write_bytes(b"x")
    sql("DELETE FROM campaigns")
    report = await run()
    assert report.found == {Kind.UNREADABLE: 3}
    assert (report.other, report.remaining) == (1, 3)
    assert {each.key for each in report.examples} >= {bare, odd}
    assert len(await objects(store)) == 4


@pytest.mark.parametrize("body", [None, b"half"])
async def test_a_row_without_its_object_has_its_page_crawled_again(
    run, crawled, campaign, target, store, sql, body
):
    item = await crawled("a", "b")
    sql(PAGE, campaign.id, campaign.user_id, target.url)
    [lost, _] = item.stored
    await store.delete(lost.key)
    if body is not None:
        await store.put(lost.key, body, content_type="image/jpeg", metadata={})
    kind = Kind.MISSING if body is None else Kind.WRONG_SIZE
    report = await run(fix=False)
    assert (report.found, report.remaining) == ({kind: 1}, 1)
    [difference] = report.examples
    assert difference.image_id == lost.id
    assert (difference.campaign_id, difference.url) == (campaign.id, lost.scored.url)
    assert sql(DUE) == [(False,)]
    report = await run()
    assert (report.mended, report.remaining) == ({kind: 1}, 0)
    assert sql(DUE) == [(True,)]
    assert len(sql(KEYS)) == 2


async def test_where_no_crawl_brings_the_object_back_a_person_is_told(
    run, crawled, campaign, target, store, sql
):
    item = await crawled("a", "b")
    for each in item.stored:
        await store.delete(each.key)
    [(kept,)] = sql("SELECT r2_path FROM scraped_images ORDER BY r2_path LIMIT 1")
    sql("UPDATE scraped_images SET missing_since = now() WHERE r2_path <> %s", kept)
    report = await run()
    assert (report.found, report.remaining) == ({Kind.MISSING: 2}, 2)
    details = [each.detail for each in report.examples]
    assert details[0].endswith(f"crawl its page again: {target.url}")
    assert details[1].endswith("delete the image")
    assert len(sql(KEYS)) == 2


async def test_rows_outside_their_campaign_s_folder_are_looked_up_one_by_one(
    run, crawled, store, sql
):
    item = await crawled("a", "b", "c")
    moved = {item.stored[0].key: "campaigns/zz/a.jpg", item.stored[1].key: "elsewhere/b.jpg"}
    for old, new in moved.items():
        body = await store.get(old)
        await store.put(new, body, content_type="image/jpeg", metadata={})
        await store.delete(old)
        sql("UPDATE scraped_images SET r2_path = %s WHERE r2_path = %s", new, old)
    assert (await run()).found.total() == 0
    await store.delete("elsewhere/b.jpg")
    report = await run()
    assert (report.rows, report.found) == (3, {Kind.MISSING: 1})


async def test_many_pages_of_rows_and_batches_of_differences(run, crawled, monkeypatch, store):
    monkeypatch.setattr(comparison, "ROWS", 3)
    monkeypatch.setattr(comparison, "BATCH", 2)
    item = await crawled(*"abcdefg")
    assert (await run()).found.total() == 0
    for each in item.stored[:5]:
        await store.delete(each.key)
    report = await run()
    assert (report.rows, report.found) == (7, {Kind.MISSING: 5})


async def test_one_at_a_time(database, run, crawled):
    await crawled("a")
    async with database.session() as db:
        assert await try_reconcile_lock(db)
        with pytest.raises(AlreadyRunning, match="already running"):
            await run()
    assert (await run()).objects == 1


async def test_a_campaign_that_is_held_too_long_is_left_for_the_next_time(
    database, run, uploaded, target, sql, monkeypatch
):
    monkeypatch.setattr("imagecrawler.db.database.LOCK_SECONDS", 0.1)
    await uploaded("a", "b")
    async with database.session() as db:
        await lock_campaign(db, target.campaign_id)
        report = await run()
    assert (report.busy, report.found.total(), report.remaining) == (2, 0, 2)
    assert (await run()).adopted == 2


async def test_a_crawl_and_a_reconcile_at_once_write_each_row_once(database, run, uploaded, sql):
    item = await uploaded(*"abcd")

    async def save():
        async with database.session() as db:
            return await save_page(db, item)

    _, report = await asyncio.gather(save(), run())
    assert report.remaining == 0
    assert [key for (key,) in sql(KEYS)] == [each.key for each in item.stored]


async def test_a_deletion_between_comparing_and_settling(run, crawled, store, sql, monkeypatch):
    await crawled("a")
    await store.delete((await objects(store))[0])
    head = FilesystemStore.head

    async def head_late(self, key):
        sql("DELETE FROM scraped_images")
        return await head(self, key)

    monkeypatch.setattr(FilesystemStore, "head", head_late)
    assert (await run()).found.total() == 0


async def test_a_lost_lock_ends_the_run(database, run, crawled, sql, monkeypatch):
    await crawled("a")
    images = images_after

    async def cut_off(db, last, limit):
        sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks "
            "WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
        )
        return await images(db, last, limit)

    monkeypatch.setattr(comparison, "images_after", cut_off)
    with pytest.raises(DatabaseError, match="terminating connection"):
        await run()


async def test_the_periodic_run_mends_and_says_so(database, store, uploaded, sql, caplog):
    await uploaded("a")
    with caplog.at_level(logging.INFO, logger="imagecrawler.jobs.reconcile"):
        await reconcile_once(database, store)
        assert caplog.messages == ["reconciled: 1 objects, 0 rows: 1 young"]
        caplog.clear()
        async with database.session() as db:
            await try_reconcile_lock(db)
            await reconcile_once(database, store)
    assert "already running" in caplog.text


async def test_a_store_that_is_down_is_left_to_the_next_time(database, tmp_path, caplog):
    class Down(FilesystemStore):
        async def list(self, prefix=""):
            raise StoreError("list: the store is down")
            yield

    store = Down(tmp_path / "media")
    await reconcile_once(database, store)
    await store.close()
    assert "not reconciled for now: list: the store is down" in caplog.text


async def test_beside_crawls_and_deletions_nothing_is_lost(database, run, crawled, store, sql):
    kept = set()

    async def crawl_and_delete(number: int) -> None:
        for turn in range(5):
            item = await crawled(*(f"{number}-{turn}-{each}" for each in range(4)), "shared")
            first, *others = item.stored
            async with database.session() as db:
                campaign_id = item.target.campaign_id
                assert await ScrapedImageRepository.delete(
                    db=db, campaign_id=campaign_id, image_id=first.id
                )
            kept.update(each.key for each in others)

    crawls = asyncio.gather(*map(crawl_and_delete, range(4)))
    rounds = 0
    while not crawls.done():
        await run()
        rounds += 1
    await crawls
    assert rounds > 1
    await run()
    assert (await run()).found.total() == 0
    assert {key for (key,) in sql(KEYS)} == set(await objects(store)) == kept
    for key, sha256 in sql("SELECT r2_path, sha256 FROM scraped_images"):
        assert hashlib.sha256(await store.get(key)).hexdigest() == sha256


async def test_a_database_restored_from_a_dump(
    database_url, empty_database_url, crawled, database, store, sql, run_sql, tmp_path
):
    await crawled("before", "deleted-later")
    dump = tmp_path / "imagecrawler.dump"
    _postgres("pg_dump", "--format=custom", f"--file={dump}", database_url)
    after = await crawled("after")
    sql("DELETE FROM scraped_images WHERE original_url LIKE '%deleted-later%'")
    await purge_deleted(database, store)
    expected = sql(ROW)

    _postgres("pg_restore", f"--dbname={empty_database_url}", "--exit-on-error", str(dump))
    restored = Database(empty_database_url)
    await restored.check()
    report = await reconcile(restored, store, fix=True, grace=timedelta(0))
    assert report.found == {Kind.UNRECORDED: 1, Kind.MISSING: 1}
    assert report.adopted == len(after.stored)
    run_sql(empty_database_url, "DELETE FROM scraped_images WHERE original_url LIKE '%deleted%'")
    assert run_sql(empty_database_url, ROW) == expected
    assert (await reconcile(restored, store, fix=True)).found.total() == 0
    await restored.close()


def _postgres(program: str, *arguments: str) -> None:
    path = pg_programs._programs() / program
    if not path.exists():
        pytest.skip(f"the embedded PostgreSQL has no {program} here")
    subprocess.run([path, *arguments], check=True)


def test_an_index_serves_the_order_of_the_rows(campaign, sql):
    sql(MANY, campaign.user_id)
    sql("ANALYZE scraped_images")
    [middle] = sql(
        "SELECT id, campaign_id, r2_path, file_size FROM scraped_images "
        "ORDER BY campaign_id OFFSET 5000 LIMIT 1"
    )
    query = page_of_images(ImageRow(*middle), 100)
    options = {"literal_binds": True}
    statement = query.compile(dialect=postgresql.dialect(), compile_kwargs=options)
    plan = "\n".join(line for (line,) in sql(f"EXPLAIN {statement}"))
    assert "Incremental Sort" in plan
    assert "Index Cond: (campaign_id >= " in plan
    assert "Seq Scan" not in plan
