from __future__ import annotations

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from imagecrawler.config import Config
from imagecrawler.items import KnownImage
from imagecrawler.jobs.recall import StoredBytes
from imagecrawler.storage import open_store

KEY = "campaigns/c/scraped-images/hero_01.jpg"
BODY = b"a picture"
KNOWN = KnownImage(sha256(BODY).hexdigest(), KEY)


@pytest.fixture
async def stored(tmp_path: Path) -> AsyncIterator[StoredBytes]:
    stored = StoredBytes(Config(data_dir=tmp_path))
    yield stored
    await stored.close()


@pytest.fixture
def put(tmp_path: Path):
    async def put(body: bytes) -> None:
        store = open_store(Config(data_dir=tmp_path))
        await store.put(KEY, body, content_type="image/jpeg", metadata={})
        await store.close()

    return put


async def test_the_bytes_that_were_stored(stored, put) -> None:
    await put(BODY)
    assert await stored.get(KNOWN) == BODY


async def test_bytes_that_are_gone_or_others_are_none(stored, put, caplog) -> None:
    assert await stored.get(KNOWN) is None
    await put(b"another picture")
    assert await stored.get(KNOWN) is None
    assert [KEY in record.getMessage() for record in caplog.records] == [True, True]
