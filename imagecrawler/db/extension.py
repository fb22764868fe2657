"""The one database of a crawl."""

from __future__ import annotations

from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from imagecrawler.db.database import Database


class DatabaseExtension:
    """Opens the database before the first pipeline is built, closes it after the last.

    A crawl whose parts cannot be built sends no signal: who runs it closes the database then.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raises DatabaseError when the embedded server does not start."""
        config = crawler.settings["IMAGECRAWLER_CONFIG"]
        server = crawler.settings.get("IMAGECRAWLER_SERVER")
        extension = cls(Database.from_config(config, lingers=True, server=server))
        crawler.signals.connect(extension.engine_stopped, signals.engine_stopped)
        return extension

    async def engine_stopped(self) -> None:
        """The last signal of a crawl."""
        await self.database.close()

    @classmethod
    def of(cls, crawler: Crawler) -> Database:
        """The crawl's database, for spiders and pipelines."""
        extension = crawler.get_extension(cls)
        assert extension is not None, "EXTENSIONS lacks the DatabaseExtension"
        return extension.database
