"""Pages go to the browser, all else past it; without the guard neither goes anywhere."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from scrapy import Request
from scrapy.utils.test import get_crawler

from imagecrawler.config import load_config
from imagecrawler.egress.extension import EgressGuardExtension
from imagecrawler.errors import RenderFailed
from imagecrawler.jobs.handler import CrawlHandler

pytestmark = pytest.mark.usefixtures("reactor")

SETTINGS = {
    "IMAGECRAWLER_CONFIG": load_config(egress_allow="127.0.0.1/32"),
    "EXTENSIONS": {"imagecrawler.egress.extension.EgressGuardExtension": 0},
    "DOWNLOAD_MAXSIZE": 1000,
}


@pytest.fixture
async def handler() -> AsyncIterator[CrawlHandler]:
    crawler = get_crawler(settings_dict=SETTINGS)
    handler = CrawlHandler.from_crawler(crawler)
    yield handler
    await crawler.get_extension(EgressGuardExtension).guard.close()
    await handler.close()


async def _picture(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
    await writer.drain()
    writer.close()


async def test_a_picture_is_fetched_without_a_browser(handler: CrawlHandler) -> None:
    async with await asyncio.start_server(_picture, "127.0.0.1", 0) as shop:
        url = f"http://127.0.0.1:{shop.sockets[0].getsockname()[1]}/"
        answer = await handler.download_request(Request(url, meta={"download_timeout": 5}))
    assert (answer.status, answer.body) == (200, b"ok")


async def test_a_forbidden_address_is_not_asked(handler: CrawlHandler) -> None:
    request = Request("http://10.0.0.1/", meta={"download_timeout": 5})
    answer = await handler.download_request(request)
    assert (answer.status, request.meta["download_maxsize"]) == (403, 1000)


async def test_a_page_is_the_browser_s(handler: CrawlHandler) -> None:
    with pytest.raises(RenderFailed, match="the egress guard is not running"):
        await handler.download_request(Request("http://shop.example/", meta={"playwright": True}))
