import asyncio

import pytest
from scrapy.signalmanager import SignalManager

from imagecrawler.errors import StoreError, StoreRefused
from imagecrawler.items import Outcome, Reason, Rejection, Role
from imagecrawler.signals import stage_reached
from imagecrawler.storage.filesystem import FilesystemStore
from imagecrawler.storage.metadata import parse
from pipelines import upload as upload_module
from pipelines.upload import UploadPipeline


def sorted_out(item):
    return {rejection.url: (rejection.reason, rejection.detail) for rejection in item.rejections}


async def test_objects_carry_what_their_rows_need(upload, store, page, scored):
    hero, lifestyle = scored("front", Role.HERO), scored("forest", Role.LIFESTYLE, "webp")
    before = page(hero, lifestyle)
    item = await upload.process_item(before)
    folder = f"campaigns/{before.target.campaign_id}/scraped-images"
    assert [each.key for each in item.stored] == [
        f"{folder}/hero_01.jpg",
        f"{folder}/lifestyle_02.webp",
    ]
    for stored, content_type in zip(item.stored, ("image/jpeg", "image/webp"), strict=True):
        assert stored.id is None
        assert stored.cdn_url == f"https://cdn.example/{stored.key}"
        assert await store.get(stored.key) == stored.scored.image.body
        info = await store.head(stored.key)
        assert info.content_type == content_type
        description = parse(info.metadata)
        assert description.campaign_id == before.target.campaign_id
        assert description.sha256 == stored.scored.sha256
        assert description.original_url == stored.scored.url
        assert description.page_url == before.target.url
    assert item.outcome is Outcome.SUCCEEDED
    assert item.found == 2


async def test_what_is_stored_is_not_put_again(upload, persist, store, page, scored):
    first = await persist.process_item(await upload.process_item(page(scored("a"), scored("b"))))
    store.puts.clear()
    second = await upload.process_item(page(scored("b"), scored("c"), scored("a")))
    assert [each.key for each in second.stored if each.key in store.puts] == store.puts
    assert len(store.puts) == 1
    keys = {each.scored.url: each.key for each in first.stored}
    again = {each.scored.url: each.key for each in second.stored}
    assert keys.items() < again.items()


async def test_what_has_a_key_but_no_row_is_put_again(upload, store, page, scored):
    await upload.process_item(page(scored("a")))
    await upload.process_item(page(scored("a")))
    assert len(store.puts) == 2
    assert len(set(store.puts)) == 1


async def test_one_failed_upload_leaves_the_others(upload, store, page, scored):
    images = [scored(name) for name in "abc"]
    store.failures[images[1].image.body] = StoreError("put b: the disk is full")
    earlier = Rejection("https://shop.example/gone", Reason.UNREACHABLE)
    before = page(*images, rejections=(earlier,))
    item = await upload.process_item(before)
    assert [each.scored for each in item.stored] == [images[0], images[2]]
    assert sorted_out(item) == {
        earlier.url: (Reason.UNREACHABLE, ""),
        images[1].url: (Reason.UPLOAD_FAILED, "put b: the disk is full"),
    }
    assert item.outcome is Outcome.PARTIAL
    assert item.detail == "1 of 3 uploads failed: put b: the disk is full"
    assert item.found == 4


async def test_all_uploads_failing_is_a_failed_job(upload, persist, store, page, scored, sql):
    images = [scored(name) for name in "abc"]
    store.failures = {image.image.body: StoreError("the disk is full") for image in images}
    item = await persist.process_item(await upload.process_item(page(*images)))
    assert item.outcome is Outcome.FAILED
    assert item.detail == "3 of 3 uploads failed: the disk is full"
    assert item.stored == ()
    assert item.found == len(item.rejections) == 3
    assert sql("SELECT outcome, images_found FROM scrape_jobs") == [("failed", 3)]


async def test_a_store_that_refuses_us_fails_the_job(upload, persist, store, page, scored, sql):
    images = [scored(name) for name in "abc"]
    store.refusal = StoreRefused("there is no such bucket")
    item = await persist.process_item(await upload.process_item(page(*images)))
    assert item.outcome is Outcome.FAILED
    assert item.detail == "3 of 3 uploads failed: there is no such bucket"
    assert item.stored == ()
    refused = (Reason.UPLOAD_FAILED, "there is no such bucket")
    assert sorted_out(item) == {image.url: refused for image in images}
    assert item.found == 3
    assert sql("SELECT count(*) FROM scraped_images") == [(0,)]


async def test_what_was_stored_before_a_refusal_is_kept(upload, persist, store, page, scored, sql):
    images = [scored(name) for name in "abc"]
    store.failures[images[1].image.body] = StoreRefused("the access key may not do this")
    item = await persist.process_item(await upload.process_item(page(*images)))
    assert item.outcome is Outcome.PARTIAL
    assert item.detail == "1 of 3 uploads failed: the access key may not do this"
    assert [each.scored for each in item.stored] == [images[0], images[2]]
    keys = {each.key for each in item.stored}
    assert {key for (key,) in sql("SELECT r2_path FROM scraped_images")} == keys
    assert {info.key async for info in store.list()} == keys


async def test_a_known_page_is_put_into_another_store(
    database, upload, persist, page, scored, tmp_path
):
    first = await persist.process_item(await upload.process_item(page(scored("a"), scored("b"))))
    other = FilesystemStore(tmp_path / "other", base_url="https://new.example")
    again = await UploadPipeline(database, other, SignalManager()).process_item(
        page(scored("a"), scored("b"))
    )
    assert again.outcome is Outcome.SUCCEEDED
    for stored in again.stored:
        assert stored.cdn_url.startswith("https://new.example/")
        assert await other.get(stored.key) == stored.scored.image.body
    assert [each.key for each in again.stored] == [each.key for each in first.stored]
    await other.close()


async def test_an_object_that_is_gone_or_cut_short_is_put_again(
    upload, persist, store, page, scored
):
    images = [scored(name) for name in "abc"]
    first = await persist.process_item(await upload.process_item(page(*images)))
    await store.delete(first.stored[0].key)
    await store.put(first.stored[1].key, b"cut", content_type="image/jpeg", metadata={})
    store.puts.clear()
    await upload.process_item(page(*images))
    assert sorted(store.puts) == [first.stored[0].key, first.stored[1].key]
    for stored in first.stored:
        assert await store.get(stored.key) == stored.scored.image.body


async def test_a_known_page_in_a_store_that_refuses_us_has_failed(
    upload, persist, store, page, scored, sql
):
    await persist.process_item(await upload.process_item(page(scored("a"))))
    rows = sql("SELECT * FROM scraped_images")
    store.refusal = StoreRefused("the secret does not belong to the access key")
    item = await persist.process_item(await upload.process_item(page(scored("a"))))
    assert item.outcome is Outcome.FAILED
    assert "the secret does not belong" in item.detail
    assert sql("SELECT * FROM scraped_images") == rows


async def test_uploads_that_do_not_end_are_ended(
    upload, store, page, scored, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(upload_module, "UPLOAD_SECONDS", 0.5)
    images = [scored(f"picture-{number}") for number in range(20)]
    store.slow = {image.image.body for image in images[1:]}
    before = asyncio.all_tasks()
    item = await upload.process_item(page(*images))
    assert asyncio.all_tasks() == before
    assert [each.scored for each in item.stored] == images[:1]
    assert set(sorted_out(item).values()) == {(Reason.UPLOAD_FAILED, "no time was left")}
    assert item.outcome is Outcome.PARTIAL
    assert item.detail == "19 of 20 uploads failed: no time was left"


async def test_a_bug_in_one_upload_waits_for_the_others(upload, store, page, scored):
    images = [scored(name) for name in "abc"]
    store.failures[images[0].image.body] = ZeroDivisionError("oh")
    with pytest.raises(ZeroDivisionError):
        await upload.process_item(page(*images))
    assert len([info async for info in store.list()]) == 2


async def test_a_campaign_deleted_meanwhile_fails_the_job(upload, store, page, scored, sql):
    before = page(scored("a"))
    sql("DELETE FROM campaigns")
    item = await upload.process_item(before)
    assert item.outcome is Outcome.FAILED
    assert str(before.target.campaign_id) in item.detail
    assert item.rejections[0].reason is Reason.UPLOAD_FAILED
    assert store.puts == []


@pytest.mark.parametrize("count", [1, 20])
async def test_progress_is_reported(database, store, page, scored, count):
    signals, seen = SignalManager(), []

    def note(stage, count, total):
        seen.append((stage, count, total))

    signals.connect(note, stage_reached)
    images = [scored(f"picture-{number}") for number in range(count)]
    await UploadPipeline(database, store, signals).process_item(page(*images))
    assert seen == [("stored", number, count) for number in range(1, count + 1)]
