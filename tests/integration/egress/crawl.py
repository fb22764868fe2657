"""Crawls the URLs in argv through the guard; prints each one's end and the stats as JSON."""

import json
import sys

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess

from imagecrawler.config import Config
from imagecrawler.egress.extension import EgressGuardExtension
from imagecrawler.egress.middleware import EgressProxyMiddleware

SETTINGS = {
    "IMAGECRAWLER_CONFIG": Config(egress_allow="127.0.0.0/8"),
    "EXTENSIONS": {EgressGuardExtension: 0},
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
        EgressProxyMiddleware: 750,
    },
    "REMOTE_CONTROL_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "RETRY_ENABLED": False,
    "LOG_LEVEL": "WARNING",
}
ends: dict[str, str] = {}


class Probe(Spider):
    name = "probe"

    async def start(self):
        for url in sys.argv[1:]:
            yield Request(url, self.parse, errback=self.failed, cb_kwargs={"url": url})

    def parse(self, response, url):
        ends[url] = f"{response.status} {response.text}"

    def failed(self, failure):
        response = getattr(failure.value, "response", None)
        url = failure.request.cb_kwargs["url"]
        ends[url] = str(response.status) if response else type(failure.value).__name__


process = AsyncCrawlerProcess(SETTINGS)
crawler = process.create_crawler(Probe)
process.crawl(crawler)
process.start()
stats = {name: value for name, value in crawler.stats.get_stats().items() if "egress" in name}
json.dump({"ends": ends, "stats": stats}, sys.stdout)
