"""Gives every kept picture its object key and puts its bytes into the store."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import Self

from scrapy.crawler import Crawler
from scrapy.signalmanager import SignalManager

from imagecrawler.crash_points import CrashPoint, crash_point
from imagecrawler.db.database import Database
from imagecrawler.db.extension import DatabaseExtension
from imagecrawler.db.keys import Reservation, reserve_keys
from imagecrawler.db.patience import PAUSES, patiently
from imagecrawler.errors import DatabaseError, StoreError, StoreRefused, UnknownCampaign
from imagecrawler.items import Outcome, PageItem, Reason, Rejection, ScoredImage, StoredImage
from imagecrawler.signals import picture_uploaded, stage_reached
from imagecrawler.storage import ObjectStore, open_store
from imagecrawler.storage.formats import content_type, extension
from imagecrawler.storage.metadata import describe

#: Uploads under way at once for one page.
CONCURRENCY = 8

#: Seconds that all uploads of a page may take together. A call to the store that has begun by
#: then ends in its thread; the picture's next crawl finds its object, or puts it again.
UPLOAD_SECONDS = 90.0


class UploadPipeline:
    """``scored`` becomes ``stored``. Bytes that the store has already are not sent again."""

    def __init__(self, database: Database, store: ObjectStore, signals: SignalManager) -> None:
        self._database = database
        self._store = store
        self._signals = signals

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raises BadConfiguration when the store lacks a setting."""
        store = open_store(crawler.settings["IMAGECRAWLER_CONFIG"])
        return cls(DatabaseExtension.of(crawler), store, crawler.signals)

    async def close_spider(self) -> None:
        """Lets go of the store's connections."""
        await self._store.close()

    async def process_item(self, item: PageItem) -> PageItem:
        """A picture that cannot be stored is a rejection; a job that can store none has failed."""
        if not item.scored:
            return item
        started = perf_counter()
        try:
            keys = await patiently(lambda: self._reserve(item), PAUSES)
            crash_point(CrashPoint.KEYS_RESERVED)
            outcomes = await self._upload_all(item, keys)
            crash_point(CrashPoint.ALL_UPLOADED)
        except UnknownCampaign as error:
            return _nothing_stored(item, str(error))
        except DatabaseError as error:
            return replace(_nothing_stored(item, str(error)), retry_in=item.may_retry_in)
        results = [_settled(*each) for each in zip(item.scored, outcomes, strict=True)]
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
            item = item.ended(Outcome.PARTIAL if stored else Outcome.FAILED, detail)
        refused = any(isinstance(outcome, StoreRefused) for outcome in outcomes)
        return item if stored or refused else replace(item, retry_in=item.may_retry_in)

    async def _reserve(self, item: PageItem) -> Mapping[str, Reservation]:
        wanted = [
            (image.sha256, image.role, extension(image.measured.format)) for image in item.scored
        ]
        async with self._database.session() as db:
            return await reserve_keys(db, item.target.campaign_id, wanted)

    async def _upload_all(
        self, item: PageItem, keys: Mapping[str, Reservation]
    ) -> list[StoredImage | BaseException]:
        gate = asyncio.Semaphore(CONCURRENCY)
        end = asyncio.get_running_loop().time() + UPLOAD_SECONDS
        done = 0

        async def upload(image: ScoredImage) -> StoredImage:
            async with asyncio.timeout_at(end), gate:
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

        # all are awaited, whatever becomes of one: none goes on behind the job's back
        return await asyncio.gather(*map(upload, item.scored), return_exceptions=True)

    async def _upload(
        self, item: PageItem, image: ScoredImage, reserved: Reservation
    ) -> StoredImage:
        stored = StoredImage(image, reserved.key, self._store.url(reserved.key))
        if reserved.stored and await self._has(reserved.key, len(image.image.body)):
            return stored
        await self._store.put(
            reserved.key,
            image.image.body,
            content_type=content_type(image.measured.format),
            metadata=describe(item.target, image),
        )
        crash_point(CrashPoint.PICTURE_UPLOADED)
        size = len(image.image.body)
        self._signals.send_catch_log(picture_uploaded, job_id=item.job_id, size=size)
        return stored

    async def _has(self, key: str, size: int) -> bool:
        """Whether the object is in this store: its row may tell of another one."""
        try:
            found = await self._store.head(key)
        except StoreRefused:
            # a key may be good for writing only; if it is not, put's answer says why
            return False
        return found is not None and found.size == size


def _settled(image: ScoredImage, result: StoredImage | BaseException) -> StoredImage | Rejection:
    if isinstance(result, StoredImage):
        return result
    if isinstance(result, StoreError):
        return Rejection(image.url, Reason.UPLOAD_FAILED, str(result))
    if isinstance(result, TimeoutError):
        return Rejection(image.url, Reason.UPLOAD_FAILED, "no time was left")
    raise result


def _nothing_stored(item: PageItem, detail: str) -> PageItem:
    lost = [Rejection(image.url, Reason.UPLOAD_FAILED, detail) for image in item.scored]
    item = item.advance("upload", 0.0, scored=(), rejections=(*item.rejections, *lost))
    return item.ended(Outcome.FAILED, detail)
