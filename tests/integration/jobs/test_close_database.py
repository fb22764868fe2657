"""What a crawl opened is closed although the crawl never began."""

from __future__ import annotations

import pytest
from scrapy.crawler import Crawler
from scrapy.utils.test import get_crawler

from imagecrawler.config import Config
from imagecrawler.db.database import Database
from imagecrawler.db.extension import DatabaseExtension
from imagecrawler.jobs.crawl import close_database
from spiders.sales_page import SalesPageSpider


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[Database]:
    """The databases that were closed."""
    seen: list[Database] = []
    close = Database.close

    async def note(database: Database) -> None:
        await close(database)
        seen.append(database)

    monkeypatch.setattr(Database, "close", note)
    return seen


def test_the_database_of_a_crawl_that_could_not_be_built(database_url, closed):
    settings = {
        "TWISTED_REACTOR_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "EXTENSIONS": {DatabaseExtension: 10},
        "IMAGECRAWLER_CONFIG": Config(database_url=database_url),
    }
    crawler = get_crawler(settings_dict=settings)
    close_database(crawler)
    assert closed == [DatabaseExtension.of(crawler)]


def test_a_crawl_without_its_extensions_opened_none(closed):
    close_database(Crawler(SalesPageSpider))
    assert closed == []
