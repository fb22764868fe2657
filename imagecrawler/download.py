"""The best version of every candidate, fetched once, through Scrapy's engine."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response

from imagecrawler.budget import Budget
from imagecrawler.items import DownloadedImage, ImageCandidate, PageSnapshot, Reason, Rejection

#: Pictures of one page that are fetched; the rest are rejections.
MAX_IMAGES = 200
#: Bytes of one picture and of all pictures of a page.
MAX_IMAGE_BYTES = 20 * 2**20
MAX_PAGE_BYTES = 256 * 2**20
#: Versions of one picture that are tried before it counts as unreachable.
MAX_ATTEMPTS = 3
#: Wall seconds for one picture.
IMAGE_SECONDS = 15.0
#: What image servers are told we can use; the browser's own list without SVG.
ACCEPT = "image/avif,image/webp,image/png,image/jpeg,image/gif,*/*;q=0.5"

#: No image begins like this, whatever the content type says: an error page in its place.
_MARKUP = re.compile(rb"^\s*<(!doctype html|html|head|body|\?xml[^>]*>\s*<!doctype html)", re.I)

_FAILURES = (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    OSError,
    ResponseDataLossError,
    TimeoutError,
    TunnelError,
    UnsupportedURLSchemeError,
)


class Engine(Protocol):
    """The one thing that is needed of Scrapy's engine."""

    async def download_async(self, request: Request) -> Response:
        """Sends the request through the downloader middlewares and the downloader."""


class Unreachable(Exception):
    """One version of a picture was not to be had."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass
class Downloader:
    """Fetches the pictures of one page.

    ``cookies`` maps a cookie domain to its header, ``have`` a URL to bytes that the browser has
    loaded already. ``explain`` tells why the egress guard let a URL fail, None when it did not.
    """

    engine: Engine
    page: PageSnapshot
    budget: Budget
    cookies: Mapping[str, str] = field(default_factory=dict)
    have: Mapping[str, bytes] = field(default_factory=dict)
    explain: Callable[[str], tuple[Reason, str] | None] = lambda _: None
    progress: Callable[[int], None] = lambda _: None
    received: int = 0
    _done: int = 0

    async def fetch_all(
        self, candidates: Sequence[ImageCandidate]
    ) -> tuple[list[DownloadedImage], list[Rejection]]:
        """Every candidate ends in exactly one of the two lists, in the candidates' order."""
        wanted, surplus = candidates[:MAX_IMAGES], candidates[MAX_IMAGES:]
        results = await asyncio.gather(*(self._fetch_candidate(each) for each in wanted))
        images = [result for result in results if isinstance(result, DownloadedImage)]
        rejections = [result for result in results if isinstance(result, Rejection)]
        detail = f"the page has more than {MAX_IMAGES} pictures"
        rejections += [_reject(each, Reason.OVER_BUDGET, detail) for each in surplus]
        return images, rejections

    async def _fetch_candidate(self, candidate: ImageCandidate) -> DownloadedImage | Rejection:
        failure = Unreachable(Reason.UNREACHABLE, "no version has an address")
        for version in candidate.versions[:MAX_ATTEMPTS]:
            try:
                body = self.have.get(version.url) or await self._fetch(version.url)
            except Unreachable as error:
                failure = error
                if error.reason is Reason.OVER_BUDGET:
                    break
                continue
            self._done += 1
            self.progress(self._done)
            return DownloadedImage(candidate, version.url, body)
        return _reject(candidate, failure.reason, failure.detail)

    async def _fetch(self, url: str) -> bytes:
        self._check_budget()
        try:
            async with self.budget.limit():
                response = await self.engine.download_async(self._request(url))
        except _FAILURES as error:
            raise self._failure(url, error) from error
        if refused := self.explain(url) if response.status in (403, 502, 504) else None:
            raise Unreachable(*refused)
        if response.status != 200:
            raise Unreachable(Reason.UNREACHABLE, f"HTTP {response.status}")
        if not response.body or _MARKUP.match(response.body[:512]):
            raise Unreachable(Reason.NOT_AN_IMAGE, "the server answers with a page, not an image")
        self.received += len(response.body)
        return response.body

    def _check_budget(self) -> None:
        if not self.budget.left:
            raise Unreachable(Reason.OVER_BUDGET, "no time was left for it")
        if self.received > MAX_PAGE_BYTES:
            detail = f"the page's pictures exceed {MAX_PAGE_BYTES // 2**20} MiB"
            raise Unreachable(Reason.OVER_BUDGET, detail)

    def _failure(self, url: str, error: Exception) -> Unreachable:
        if refused := self.explain(url):
            return Unreachable(*refused)
        if isinstance(error, TimeoutError) and not self.budget.left:
            return Unreachable(Reason.OVER_BUDGET, "the page's time was up")
        if isinstance(error, DownloadCancelledError):
            return Unreachable(Reason.TOO_LARGE, f"more than {MAX_IMAGE_BYTES // 2**20} MiB")
        if isinstance(error, DownloadTimeoutError):
            return Unreachable(Reason.UNREACHABLE, f"no answer within {IMAGE_SECONDS:.0f} s")
        return Unreachable(Reason.UNREACHABLE, _one_line(error))

    def _request(self, url: str) -> Request:
        headers = {"Accept": ACCEPT, "Referer": self.page.url, "User-Agent": self.page.user_agent}
        if cookie := cookie_header(self.cookies, url):
            headers["Cookie"] = cookie
        return Request(
            url,
            headers=headers,
            dont_filter=True,
            meta={
                "download_timeout": min(IMAGE_SECONDS, self.budget.left),
                "download_maxsize": MAX_IMAGE_BYTES,
                # a picture is part of a page that robots.txt has already been asked about
                "dont_obey_robotstxt": True,
            },
        )


def cookie_header(cookies: Mapping[str, str], url: str) -> str:
    """The cookies for the URL's host, by the domain match of RFC 6265 section 5.1.3."""
    host = urlsplit(url).hostname or ""
    return "; ".join(
        header
        for domain, header in cookies.items()
        if host == domain.lstrip(".") or (domain[:1] == "." and host.endswith(domain))
    )


def _reject(candidate: ImageCandidate, reason: Reason, detail: str) -> Rejection:
    return Rejection(candidate.url, reason, detail, rect=candidate.rect)


def _one_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__
