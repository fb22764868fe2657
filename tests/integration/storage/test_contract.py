"""What every object store has to do."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from imagecrawler.errors import StoreError
from imagecrawler.storage.store import ObjectInfo, ObjectStore

KEY = "campaigns/7c9e6679-7425-40de-944b-e07fc1f90ae7/scraped-images/hero_01.jpg"
BODY = bytes(range(256)) * 40
NOW = datetime.now(UTC)


async def put(store: ObjectStore, key: str, body: bytes = b"x", **metadata: str) -> None:
    await store.put(key, body, content_type="image/jpeg", metadata=metadata)


async def keys(store: ObjectStore, prefix: str = "") -> list[str]:
    return [info.key async for info in store.list(prefix)]


def etag(body: bytes) -> str:
    return hashlib.md5(body).hexdigest()


async def test_bytes_come_back_as_they_were(store: ObjectStore) -> None:
    await put(store, KEY, BODY)
    assert await store.get(KEY) == BODY


async def test_an_empty_object_is_an_object(store: ObjectStore) -> None:
    await put(store, KEY, b"")
    assert await store.get(KEY) == b""
    assert [info.size async for info in store.list()] == [0]


async def test_head_tells_everything_but_the_bytes(store: ObjectStore) -> None:
    metadata = {"sha256": "00ff", "alt": "A+blue+%C3%A9charpe%2C+100%25"}
    await put(store, KEY, BODY, **metadata)
    expected = ObjectInfo(KEY, len(BODY), etag(BODY), "image/jpeg", metadata, modified=NOW)
    assert await store.head(KEY) == expected


async def test_metadata_may_fill_the_whole_limit(store: ObjectStore) -> None:
    metadata = {"alt": "a" * (2048 - len("x-amz-meta-alt"))}
    await put(store, KEY, **metadata)
    info = await store.head(KEY)
    assert info is not None
    assert info.metadata == metadata


@pytest.mark.parametrize(
    "metadata",
    [
        {"alt": "a" * 2048},
        {"alt": "écharpe"},
        {"alt": "two\nlines"},
        {"alt": " padded"},
        {"Alt": "capital"},
        {"ält": "x"},
    ],
)
async def test_metadata_that_headers_cannot_carry_is_refused(
    store: ObjectStore, metadata: dict[str, str]
) -> None:
    with pytest.raises(StoreError, match="metadata"):
        await put(store, KEY, **metadata)
    assert await store.head(KEY) is None


async def test_what_is_not_there(store: ObjectStore) -> None:
    assert await store.head(KEY) is None
    assert await keys(store) == []
    with pytest.raises(StoreError, match="no such object"):
        await store.get(KEY)


async def test_a_folder_is_not_an_object(store: ObjectStore) -> None:
    await put(store, "campaigns/one/a.jpg")
    for key in ("campaigns/one", "campaigns/one/a.jpg/b.jpg"):
        assert await store.head(key) is None
        await store.delete(key)
        with pytest.raises(StoreError, match="no such object"):
            await store.get(key)
    assert await keys(store) == ["campaigns/one/a.jpg"]


async def test_delete_is_idempotent(store: ObjectStore) -> None:
    await put(store, KEY)
    await put(store, "campaigns/other.jpg")
    await store.delete(KEY)
    await store.delete(KEY)
    assert await store.head(KEY) is None
    assert await keys(store) == ["campaigns/other.jpg"]


async def test_overwriting_replaces_everything(store: ObjectStore) -> None:
    await put(store, KEY, b"first", alt="old", role="hero")
    await store.put(KEY, b"second", content_type="image/png", metadata={"alt": "new"})
    expected = ObjectInfo(KEY, 6, etag(b"second"), "image/png", {"alt": "new"}, modified=NOW)
    assert await store.head(KEY) == expected
    assert await store.get(KEY) == b"second"


async def test_listing_takes_as_many_pages_as_it_needs(store: ObjectStore) -> None:
    expected = [f"campaigns/{number:04d}.jpg" for number in range(1005)]
    await asyncio.gather(*(put(store, key) for key in expected))
    assert await keys(store) == expected


async def test_a_listing_can_be_left_early(store: ObjectStore) -> None:
    await asyncio.gather(*(put(store, f"campaigns/{number}.jpg") for number in range(3)))
    async for info in store.list():
        assert info.key == "campaigns/0.jpg"
        break
    assert len(await keys(store)) == 3


async def test_keys_are_listed_in_the_order_of_their_bytes(store: ObjectStore) -> None:
    names = ["a-b", "a.b/c", "a/b", "a0", "Z", "é/x", "a b", "ß"]
    for name in names:
        await put(store, f"order/{name}")
    expected = sorted((f"order/{name}" for name in names), key=str.encode)
    assert await keys(store) == expected


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("", ["c/ab/1", "c/ab/2", "c/abc/1", "c/b"]),
        ("c/ab", ["c/ab/1", "c/ab/2", "c/abc/1"]),
        ("c/ab/", ["c/ab/1", "c/ab/2"]),
        ("c/b", ["c/b"]),
        ("c/b/", []),
        ("d", []),
        ("none/such", []),
    ],
)
async def test_listing_by_prefix(store: ObjectStore, prefix: str, expected: list[str]) -> None:
    for key in ("c/ab/1", "c/ab/2", "c/abc/1", "c/b"):
        await put(store, key)
    assert await keys(store, prefix) == expected


async def test_listed_objects_have_size_and_etag_only(store: ObjectStore) -> None:
    await put(store, KEY, BODY, alt="x")
    expected = ObjectInfo(KEY, len(BODY), etag(BODY), modified=NOW)
    assert [info async for info in store.list()] == [expected]


async def test_when_an_object_was_put(store: ObjectStore) -> None:
    # S3 tells whole seconds: Amazon rounds down, Swift up
    before = datetime.now(UTC) - timedelta(seconds=1)
    await put(store, KEY)
    after = datetime.now(UTC) + timedelta(seconds=1)
    info = await store.head(KEY)
    assert info is not None
    [listed] = [info async for info in store.list()]
    for modified in (info.modified, listed.modified):
        assert before <= modified <= after


async def test_unicode_keys(store: ObjectStore) -> None:
    key = "campaigns/été 100%/商品+&?#.jpg"
    await put(store, key, BODY)
    assert await store.get(key) == BODY
    assert await keys(store, "campaigns/été") == [key]
    assert store.url(key) == (
        "https://cdn.example/campaigns/%C3%A9t%C3%A9%20100%25/%E5%95%86%E5%93%81%2B%26%3F%23.jpg"
    )


async def test_concurrent_puts_of_one_key_leave_one_of_them_whole(store: ObjectStore) -> None:
    bodies = [bytes([number]) * 20_000 for number in range(20)]
    await asyncio.gather(*(put(store, KEY, body, etag=etag(body)) for body in bodies))
    info = await store.head(KEY)
    body = await store.get(KEY)
    assert body in bodies
    assert info is not None
    assert info.etag == info.metadata["etag"] == etag(body)
    assert await keys(store) == [KEY]


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "../x", "a/../../x", "a/./b", "a//b", "a/", "a\\b", "a\0b", "a\nb",
     ".metadata/a.json", "a/.hidden", "\ud800", "k" * 1025],
)  # fmt: skip
async def test_wild_keys_are_refused_by_every_method(store: ObjectStore, key: str) -> None:
    with pytest.raises(StoreError, match="not an object key"):
        await put(store, key)
    for method in (store.head, store.get, store.delete):
        with pytest.raises(StoreError, match="not an object key"):
            await method(key)
    with pytest.raises(StoreError, match="not an object key"):
        store.url(key)


async def test_check_passes_and_leaves_nothing(store: ObjectStore) -> None:
    await store.check()
    assert await keys(store) == []


async def test_closing_twice_is_harmless(store: ObjectStore) -> None:
    await put(store, KEY)
    await store.close()
    await store.close()
