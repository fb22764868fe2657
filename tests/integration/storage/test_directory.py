"""What only a directory can show: what lies on the disk, also after things went wrong."""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from imagecrawler.config import load_config
from imagecrawler.errors import StoreError, StoreRefused
from imagecrawler.storage import open_store
from imagecrawler.storage.filesystem import FilesystemStore
from imagecrawler.storage.store import ObjectInfo

KEY = "campaigns/one/scraped-images/hero_01.jpg"


async def put(store: FilesystemStore, body: bytes = b"bytes") -> None:
    await store.put(KEY, body, content_type="image/jpeg", metadata={"role": "hero"})


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


async def test_an_object_is_its_bytes_and_a_hidden_sidecar(
    filesystem_store: FilesystemStore, tmp_path: Path
) -> None:
    await put(filesystem_store)
    assert files(tmp_path / "media") == [f".metadata/{KEY}.json", KEY]
    assert (tmp_path / "media" / KEY).read_bytes() == b"bytes"


async def test_deleting_leaves_no_file(filesystem_store: FilesystemStore, tmp_path: Path) -> None:
    await put(filesystem_store)
    await filesystem_store.delete(KEY)
    assert files(tmp_path) == []


async def test_a_failed_put_leaves_the_old_object_and_nothing_else(
    filesystem_store: FilesystemStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(filesystem_store)
    before = files(tmp_path)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match="No space left on device") as caught:
        await put(filesystem_store, b"new")
    assert not isinstance(caught.value, StoreRefused)
    assert await filesystem_store.get(KEY) == b"bytes"
    assert files(tmp_path) == before


async def test_an_object_never_appears_before_its_metadata(
    filesystem_store: FilesystemStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def fail_for_sidecars(path: Path, place: Path) -> Path:
        if place.suffix == ".json":
            raise OSError(5, "Input/output error")
        return replace(path, place)

    monkeypatch.setattr(Path, "replace", fail_for_sidecars)
    with pytest.raises(StoreError, match="Input/output error"):
        await put(filesystem_store)
    assert await filesystem_store.head(KEY) is None


async def test_the_files_of_concurrent_puts_are_not_mixed(
    filesystem_store: FilesystemStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def replace_slowly(path: Path, place: Path) -> Path:
        time.sleep(random.uniform(0, 0.005))
        return replace(path, place)

    monkeypatch.setattr(Path, "replace", replace_slowly)
    for _ in range(10):
        await asyncio.gather(*(put(filesystem_store, bytes([number])) for number in range(8)))
        info = await filesystem_store.head(KEY)
        body = await filesystem_store.get(KEY)
        assert info is not None
        assert info.etag == hashlib.md5(body).hexdigest()


async def test_what_a_killed_process_left_is_not_an_object(
    filesystem_store: FilesystemStore, tmp_path: Path
) -> None:
    await put(filesystem_store)
    (tmp_path / "media" / KEY).with_name(".0f0f").write_bytes(b"half")
    assert [info.key async for info in filesystem_store.list()] == [KEY]


async def test_a_file_put_there_by_hand_is_an_object_without_metadata(
    filesystem_store: FilesystemStore, tmp_path: Path
) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "by-hand.jpg").write_bytes(b"1234")
    expected = ObjectInfo(
        "by-hand.jpg", 4, "", "application/octet-stream", modified=datetime.now(UTC)
    )
    assert await filesystem_store.head("by-hand.jpg") == expected


async def test_a_damaged_sidecar_is_named_and_hides_nothing(
    filesystem_store: FilesystemStore, tmp_path: Path
) -> None:
    await put(filesystem_store)
    sidecar = tmp_path / "media" / ".metadata" / f"{KEY}.json"
    sidecar.write_text('{"etag": ')
    with pytest.raises(StoreError, match=r"hero_01\.jpg\.json is damaged"):
        await filesystem_store.head(KEY)
    assert [(info.key, info.etag) async for info in filesystem_store.list()] == [(KEY, "")]


@pytest.mark.parametrize("prefix", ["../", "/etc/", "/", "campaigns/../../"])
async def test_a_prefix_cannot_leave_the_directory(
    filesystem_store: FilesystemStore, prefix: str
) -> None:
    with pytest.raises(StoreError, match="not an object key"):
        _ = [info async for info in filesystem_store.list(prefix)]


async def test_a_symbolic_link_to_a_directory_is_not_followed_by_a_listing(
    filesystem_store: FilesystemStore, tmp_path: Path
) -> None:
    await put(filesystem_store)
    (tmp_path / "media" / "campaigns" / "loop").symlink_to(tmp_path / "media")
    assert [info.key async for info in filesystem_store.list()] == [KEY]


async def test_check_refuses_what_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "media").write_bytes(b"a file")
    store = FilesystemStore(tmp_path / "media")
    with pytest.raises(StoreRefused, match="IMAGECRAWLER_STORAGE_URL"):
        await store.check()
    with pytest.raises(StoreRefused, match=KEY):
        await put(store)
    await store.close()


async def test_objects_lie_in_the_media_directory_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IMAGECRAWLER_STORAGE_URL", raising=False)
    store = open_store(load_config(_env_file=None, data_dir=tmp_path / "my var"))
    await store.put(KEY, b"x", content_type="image/jpeg", metadata={})
    await store.close()
    path = tmp_path / "my var" / "media" / KEY
    assert path.read_bytes() == b"x"
    assert store.url(KEY) == path.as_uri()
