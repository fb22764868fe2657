"""Pages of a campaign in a real database, and a real store that can be told to fail."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from scrapy.signalmanager import SignalManager

from imagecrawler.db.campaigns import Campaign, add_campaign
from imagecrawler.db.database import Database
from imagecrawler.errors import StoreError
from imagecrawler.items import (
    DownloadedImage,
    ImageCandidate,
    Measurements,
    PageItem,
    Role,
    ScoredImage,
    Target,
    Version,
)
from imagecrawler.jobs.reconcile import reconcile
from imagecrawler.storage import ObjectInfo, ObjectStore
from imagecrawler.storage.filesystem import FilesystemStore
from pipelines.persistence import PersistencePipeline
from pipelines.upload import UploadPipeline

SHOP = "https://shop.example"
KEYS = "SELECT r2_path FROM scraped_images"


class FickleStore(FilesystemStore):
    """Raises ``failures[body]`` instead of keeping that body; ``puts`` are the keys that came.

    ``refusal`` is raised whatever is asked of it; bodies in ``slow`` never arrive.
    """

    def __init__(self, root: Path) -> None:
        super().__init__(root, base_url="https://cdn.example")
        self.failures: dict[bytes, Exception] = {}
        self.puts: list[str] = []
        self.slow: set[bytes] = set()
        self.refusal: StoreError | None = None

    async def head(self, key: str) -> ObjectInfo | None:
        if self.refusal is not None:
            raise self.refusal
        return await super().head(key)

    async def put(
        self, key: str, body: bytes, *, content_type: str, metadata: Mapping[str, str]
    ) -> None:
        self.puts.append(key)
        if self.refusal is not None:
            raise self.refusal
        if body in self.slow:
            await asyncio.Event().wait()
        if body in self.failures:
            raise self.failures[body]
        await super().put(key, body, content_type=content_type, metadata=metadata)


def _scored(name: str, role: Role = Role.PRODUCT, form: str = "jpeg") -> ScoredImage:
    body = name.encode() * 100
    candidate = ImageCandidate((Version(f"{SHOP}/{name}"),), ("img",), alt=f"the {name}")
    return ScoredImage(
        DownloadedImage(candidate, candidate.url, body),
        Measurements(1200, 900, form, phash=7),
        sha256=hashlib.sha256(body).hexdigest(),
        quality=80.0,
        breakdown={"sharpness": 0.5},
        role=role,
        is_product=True,
        is_lifestyle=False,
    )


@pytest.fixture
def scored() -> Callable[..., ScoredImage]:
    return _scored


@pytest.fixture
async def campaign(database: Database) -> Campaign:
    async with database.session() as db:
        return await add_campaign(db, "Test")


@pytest.fixture
def page(campaign: Campaign) -> Callable[..., PageItem]:
    """A page of the campaign as the dedupe stage leaves it; every one is a job of its own."""

    def make(*images: ScoredImage, **fields: Any) -> PageItem:
        target = Target(f"{SHOP}/p", campaign.id, campaign.user_id)
        downloaded = tuple(image.image for image in images)
        return PageItem(target, uuid4(), downloaded=downloaded, scored=images, **fields)

    return make


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[FickleStore]:
    store = FickleStore(tmp_path / "media")
    yield store
    await store.close()


@pytest.fixture
def upload(database: Database, store: FickleStore) -> UploadPipeline:
    return UploadPipeline(database, store, SignalManager())


@pytest.fixture
def persist(database: Database) -> PersistencePipeline:
    return PersistencePipeline(database, SignalManager(), timedelta(hours=20))


@pytest.fixture
def crawl(
    upload: UploadPipeline,
    persist: PersistencePipeline,
    page: Callable[..., PageItem],
    scored: Callable[..., ScoredImage],
) -> Callable[..., Awaitable[PageItem]]:
    """The last two stages of a page with the pictures a, b and c, or those that are named."""

    async def stages(names: str = "abc", **fields: Any) -> PageItem:
        item = page(*(scored(name) for name in names), **fields)
        return await persist.process_item(await upload.process_item(item))

    return stages


@pytest.fixture
def agreed(
    database: Database, store: ObjectStore, sql: Callable[..., list[tuple]]
) -> Callable[..., Awaitable[None]]:
    """What was reported saved is there at once; after one ``reconcile`` rows are objects."""

    async def check(item: PageItem, *, rows: int) -> None:
        for stored in item.stored:
            assert await store.get(stored.key) == stored.scored.image.body
        named = {each.key for each in item.stored if each.id is not None}
        assert named <= {key for (key,) in sql(KEYS)}
        await reconcile(database, store, fix=True, grace=timedelta(0))
        keys = {key for (key,) in sql(KEYS)}
        assert {each.key for each in item.stored} <= keys
        assert keys == {info.key async for info in store.list()}
        assert len(keys) == rows

    return check
