from collections.abc import AsyncIterator

import pytest
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.test import get_crawler

from imagecrawler.config import Config
from imagecrawler.egress.extension import EgressGuardExtension
from imagecrawler.egress.middleware import EgressProxyMiddleware
from imagecrawler.errors import BadConfiguration


def crawler_with(extensions: dict[type, int], **settings: object) -> Crawler:
    quiet = {"REMOTE_CONTROL_ENABLED": False, "TELNETCONSOLE_ENABLED": False}
    return get_crawler(
        settings_dict={
            "TWISTED_REACTOR_ENABLED": False,
            "EXTENSIONS": extensions,
            **quiet,
            **settings,
        }
    )


@pytest.fixture
async def crawler() -> AsyncIterator[Crawler]:
    crawler = crawler_with(
        {EgressGuardExtension: 0}, IMAGECRAWLER_CONFIG=Config(egress_ports="80,8080")
    )
    yield crawler
    extension = crawler.get_extension(EgressGuardExtension)
    assert extension
    await extension.guard.close()


@pytest.fixture
def guard_url(crawler: Crawler) -> str:
    extension = crawler.get_extension(EgressGuardExtension)
    assert extension
    return extension.guard.url


def process(crawler: Crawler, request: Request) -> Request:
    EgressProxyMiddleware.from_crawler(crawler).process_request(request)
    return request


@pytest.mark.parametrize("url", ["http://shop.test/", "https://shop.test/", "HTTPS://shop.test"])
@pytest.mark.parametrize("meta", [{}, {"proxy": "http://10.0.0.1:3128"}, {"proxy": None}])
def test_every_request_gets_the_guard(crawler: Crawler, guard_url: str, url: str, meta: dict):
    assert process(crawler, Request(url, meta=meta)).meta["proxy"] == guard_url


def test_the_environment_opens_no_hole(
    crawler: Crawler, guard_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("http_proxy", "http://10.0.0.1:3128")
    monkeypatch.setenv("no_proxy", "*")

    assert process(crawler, Request("http://shop.test/")).meta["proxy"] == guard_url


def test_credentials_for_a_proxy_are_dropped(crawler: Crawler):
    request = Request("http://shop.test/", headers={"proxy-authorization": "Basic x", "A": "b"})

    assert dict(process(crawler, request).headers) == {b"A": [b"b"]}


@pytest.mark.parametrize("url", ["ftp://shop.test/", "file:///etc/passwd", "data:,x", "s3://b/k"])
def test_other_schemes_are_not_fetched(crawler: Crawler, url: str):
    with pytest.raises(IgnoreRequest):
        process(crawler, Request(url))


def test_without_the_guard_there_is_no_middleware():
    with pytest.raises(BadConfiguration, match="EgressGuardExtension"):
        EgressProxyMiddleware.from_crawler(crawler_with({}))


async def test_the_extension_leaves_its_counters_in_the_stats(crawler: Crawler):
    await crawler.signals.send_catch_log_async(signals.spider_opened, spider=None)
    await crawler.signals.send_catch_log_async(signals.spider_closed, spider=None, reason="")

    assert {
        name: value
        for name, value in crawler.stats.get_stats().items()
        if name.startswith("egress/")
    } == {"egress/connections": 0, "egress/refused": 0, "egress/bytes_received": 0}


def test_a_wrong_environment_stops_the_crawl(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("IMAGECRAWLER_EGRESS_PORTS", "http")

    with pytest.raises(BadConfiguration, match="EGRESS_PORTS"):
        crawler_with({EgressGuardExtension: 0})
