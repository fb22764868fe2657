"""Downloader middleware that leaves no request a way around the guard."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached

from imagecrawler.egress.extension import EgressGuardExtension
from imagecrawler.errors import BadConfiguration


class EgressProxyMiddleware:
    """Takes the place of Scrapy's HttpProxyMiddleware, which heeds the environment.

    Whatever proxy a request, a redirect or ``no_proxy`` asks for, it gets the guard.
    """

    def __init__(self, proxy: str) -> None:
        self._proxy = proxy

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Raise BadConfiguration, which ends the crawl, where the guard is missing."""
        extension = crawler.get_extension(EgressGuardExtension)
        if extension is None:
            raise BadConfiguration("EXTENSIONS: EgressGuardExtension is missing; nothing may run")
        return cls(extension.guard.url)

    def process_request(self, request: Request) -> None:
        """Send the request through the guard; IgnoreRequest for all but http and https."""
        scheme = urlparse_cached(request).scheme
        if scheme not in ("http", "https"):
            raise IgnoreRequest(f"{scheme}: is not fetched, only http: and https: are")
        request.meta["proxy"] = self._proxy
        request.headers.pop(b"Proxy-Authorization", None)
