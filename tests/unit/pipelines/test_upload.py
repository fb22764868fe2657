"""What needs no database; the rest is in ``tests/integration/pipelines``."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from imagecrawler.errors import DatabaseError, UnknownCampaign
from imagecrawler.items import Outcome, Reason, Rejection
from pipelines.upload import UploadPipeline


class ClosedStore:
    """An ObjectStore that nothing may be put into."""

    is_closed = False

    async def put(
        self, key: str, body: bytes, *, content_type: str, metadata: Mapping[str, str]
    ) -> None:
        raise AssertionError(f"{key} was put")

    async def close(self) -> None:
        self.is_closed = True


@pytest.mark.parametrize(
    "error", [DatabaseError("PostgreSQL is away"), UnknownCampaign("the campaign is gone")]
)
async def test_without_keys_nothing_is_stored(page, scored, stages, broken_database, error):
    images = (scored("a"), scored("b"))
    earlier = Rejection("https://shop.example/gone.png", Reason.UNREACHABLE)
    before = page(scored=images, rejections=(earlier,))
    upload = UploadPipeline(broken_database(error), ClosedStore(), stages.signals)
    item = await upload.process_item(before)
    assert (item.outcome, item.detail) == (Outcome.FAILED, str(error))
    assert (item.stored, item.scored) == ((), ())
    assert item.rejections == (
        earlier,
        *(Rejection(image.url, Reason.UPLOAD_FAILED, str(error)) for image in images),
    )
    assert item.found == len(before.scored) + 1
    assert stages == []


async def test_nothing_to_store_asks_nobody(page, stages, broken_database):
    database = broken_database(DatabaseError("PostgreSQL is away"))
    empty = page(rejections=(Rejection("u", Reason.TOO_SMALL),))
    upload = UploadPipeline(database, ClosedStore(), stages.signals)
    assert await upload.process_item(empty) is empty
    assert database.sessions == 0


async def test_the_store_is_closed_with_the_spider(stages, broken_database):
    store = ClosedStore()
    await UploadPipeline(broken_database(DatabaseError("")), store, stages.signals).close_spider()
    assert store.is_closed
