"""Gives every kept picture its object key and puts its bytes into the store."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from time import perf_counter
from typing import Self

from scrapy.crawler import Crawler

from imagecrawler.db.extension import DatabaseExtension
from imagecrawler.db.keys import Reservation, reserve_keys
from imagecrawler.errors import DatabaseError, StoreError, StoreRefused
from imagecrawler.items import Outcome, PageItem, Reason, Rejection, ScoredImage, StoredImage
from imagecrawler.signals import stage_reached
from imagecrawler.storage import ObjectStore, open_store
from imagecrawler.storage.formats import content_type, extension
from imagecrawler.storage.metadata import describe

#: Uploads under way at once for one page.
CONCURRENCY = 8


class UploadPipeline:
    """``scored`` becomes ``stored``. Bytes that the campaign has already are not sent again."""

    def __init__(self, crawler: Crawler) -> None:
        self._database = DatabaseExtension.of(crawler)
        self._signals = crawler.signals
        self._store: ObjectStore = open_store(crawler.settings["IMAGECRAWLER_CONFIG"])

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raises BadConfiguration when the store lacks a setting."""
        return cls(crawler)

    async def close_spider(self) -> None:
        """Lets go of the store's connections."""
        await self._store.close()

    async def process_item(self, item: PageItem) -> PageItem:
        """A picture that cannot be stored is a rejection, a store that refuses us a failed job."""
        if not item.scored:
            return item
        started = perf_counter()
        try:
            keys = await self._reserve(item)
            results = await self._upload_all(item, keys)
        except (DatabaseError, StoreRefused) as error:
            return _nothing_stored(item, str(error))
        stored = tuple(result for result in results if isinstance(result, StoredImage))
        failed = tuple(result for result in results if isinstance(result, Rejection))
        item = item.advance(
            "upload",
            perf_counter() - started,
            scored=tuple(each.scored for each in stored),
            stored=stored,
            rejections=(*item.rejections, *failed),
        )
        if failed:
            detail = f"{len(failed)} of {len(results)} uploads failed: {failed[0].detail}"
            return item.ended(Outcome.PARTIAL if stored else Outcome.FAILED, detail)
        return item

    async def _reserve(self, item: PageItem) -> Mapping[str, Reservation]:
        wanted = [
            (image.sha256, image.role, extension(image.measured.format)) for image in item.scored
        ]
        async with self._database.session() as db:
            return await reserve_keys(db, item.target.campaign_id, wanted)

    async def _upload_all(
        self, item: PageItem, keys: Mapping[str, Reservation]
    ) -> list[StoredImage | Rejection]:
        gate = asyncio.Semaphore(CONCURRENCY)
        done = 0

        async def upload(image: ScoredImage) -> StoredImage | Rejection:
            async with gate:
                result = await self._upload(item, image, keys[image.sha256])
            nonlocal done
            done += 1
            self._signals.send_catch_log(
                stage_reached,
                job_id=item.job_id,
                stage="stored",
                count=done,
                total=len(item.scored),
            )
            return result

        return await asyncio.gather(*(upload(image) for image in item.scored))

    async def _upload(
        self, item: PageItem, image: ScoredImage, reserved: Reservation
    ) -> StoredImage | Rejection:
        stored = StoredImage(image, reserved.key, self._store.url(reserved.key))
        if reserved.stored:
            return stored
        try:
            await self._store.put(
                reserved.key,
                image.image.body,
                content_type=content_type(image.measured.format),
                metadata=describe(item.target, image),
            )
        except StoreRefused:
            raise
        except StoreError as error:
            return Rejection(image.url, Reason.UPLOAD_FAILED, str(error))
        return stored


def _nothing_stored(item: PageItem, detail: str) -> PageItem:
    lost = [Rejection(image.url, Reason.UPLOAD_FAILED, detail) for image in item.scored]
    item = item.advance("upload", 0.0, scored=(), rejections=(*item.rejections, *lost))
    return item.ended(Outcome.FAILED, detail)
