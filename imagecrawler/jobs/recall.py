"""Bytes of pictures from our own store, for a crawl whose sites say that they are unchanged."""

from __future__ import annotations

import logging
from hashlib import sha256

from scrapy import signals
from scrapy.crawler import Crawler

from imagecrawler.config import Config
from imagecrawler.errors import StoreError
from imagecrawler.items import KnownImage
from imagecrawler.storage import ObjectStore, open_store

logger = logging.getLogger(__name__)


class StoredBytes:
    """The store is opened with the first picture: few crawls ask for one."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._store: ObjectStore | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StoredBytes:
        """Closes with the crawl."""
        stored = cls(crawler.settings["IMAGECRAWLER_CONFIG"])
        crawler.signals.connect(stored.close, signals.spider_closed)
        return stored

    async def get(self, image: KnownImage) -> bytes | None:
        """None where the object is not to be had, or is not what it was."""
        if self._store is None:
            self._store = open_store(self._config)
        try:
            body = await self._store.get(image.key)
        except StoreError as error:
            logger.warning("%s: fetched from its site again: %s", image.key, error)
            return None
        if sha256(body).hexdigest() != image.sha256:
            logger.warning("%s: fetched from its site again: the object was altered", image.key)
            return None
        return body

    async def close(self) -> None:
        """Lets go of the store's connections."""
        if self._store is not None:
            await self._store.close()
