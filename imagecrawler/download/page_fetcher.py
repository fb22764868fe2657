"""One address that a page names for a picture: what there is to be had of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from scrapy import Request
from scrapy.http import Response

from imagecrawler.budget import Budget
from imagecrawler.download.conditional import Fetched, conditions, fetched, recalled
from imagecrawler.download.failures import FAILURES, TRANSIENT, in_words
from imagecrawler.download.requests import picture_request
from imagecrawler.items import Cookie, KnownImage, PageSnapshot, Reason

#: Bytes of all pictures of a page, give or take those under way.
MAX_PAGE_BYTES = 256 * 2**20
#: Wall seconds for one picture, all attempts included.
IMAGE_SECONDS = 15.0
#: Seconds before a transient failure is tried once more.
PAUSE = 0.5

NOT_MODIFIED = 304

#: No image begins like this, whatever the content type says: an error page in its place.
_MARKUP = re.compile(rb"^\s*<(!doctype html|html|head|body|\?xml[^>]*>\s*<!doctype html)", re.I)


class Engine(Protocol):
    """The one thing that is needed of Scrapy's engine."""

    async def download_async(self, request: Request) -> Response:
        """Sends the request through the downloader middlewares and the downloader."""


class Unreachable(Exception):
    """One version of a picture was not to be had."""

    def __init__(self, reason: Reason, detail: str, *, transient: bool = False) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.transient = transient


async def _nothing(_: KnownImage) -> None:
    return None


@dataclass
class PageFetcher:
    """Asks as the page's browser would.

    ``have`` maps a URL to bytes that the browser has loaded already. A picture that is ``known``
    by its URL is asked for only if it has changed; if not, ``recall`` gives its bytes, or None
    where they are not to be had. ``explain`` tells why the egress guard let a URL fail, None when
    it did not. ``received`` are the bytes of all answers so far.
    """

    engine: Engine
    page: PageSnapshot
    budget: Budget
    cookies: Sequence[Cookie] = ()
    have: Mapping[str, bytes] = field(default_factory=dict)
    known: Mapping[str, KnownImage] = field(default_factory=dict)
    recall: Callable[[KnownImage], Awaitable[bytes | None]] = _nothing
    explain: Callable[[str], tuple[Reason, str] | None] = lambda _: None
    received: int = 0

    async def fetch(self, url: str, *, once: bool = False) -> Fetched:
        """What is at hand, else the server's answer; a transient failure is tried once more.

        ``once``: it is not. Raises Unreachable.
        """
        if body := self.have.get(url) or self.page.embedded.get(url):
            return Fetched(body)
        try:
            return await self._fetch_once(url)
        except Unreachable as error:
            if once or not error.transient:
                raise
        await asyncio.sleep(PAUSE)
        return await self._fetch_once(url)

    @property
    def may_fetch_further(self) -> bool:
        """Whether there is room beside the pictures that the page names, which come first."""
        return self.received <= MAX_PAGE_BYTES // 2

    def out_of_time(self) -> tuple[Reason, str]:
        """Why there is no picture after all of its time."""
        if not self.budget.left:
            return Reason.OVER_BUDGET, "the page's time was up"
        return Reason.UNREACHABLE, f"no answer within {IMAGE_SECONDS:.0f} s"

    async def _fetch_once(self, url: str) -> Fetched:
        known = self.known.get(url)
        got = await self._revalidate(url, known) if known and conditions(known) else None
        if got is None:
            response = await self._ask(url)
            self._check(response)
            got = fetched(response)
        self.received += len(got.body)
        return got

    async def _revalidate(self, url: str, known: KnownImage) -> Fetched | None:
        """None where the server says that it is unchanged, and we no longer have it."""
        response = await self._ask(url, known)
        if response.status != NOT_MODIFIED:
            self._check(response)
            return fetched(response)
        body = await self.recall(known)
        return None if body is None else recalled(body, response, known)

    async def _ask(self, url: str, known: KnownImage | None = None) -> Response:
        if not self.budget.left:
            raise Unreachable(*self.out_of_time())
        if self.received > MAX_PAGE_BYTES:
            detail = f"the page's pictures exceed {MAX_PAGE_BYTES // 2**20} MiB"
            raise Unreachable(Reason.OVER_BUDGET, detail)
        request = picture_request(url, self.page, self.cookies, IMAGE_SECONDS, known)
        try:
            return await self.engine.download_async(request)
        except FAILURES as error:
            raise self._failure(url, error) from error

    def _check(self, response: Response) -> None:
        if refused := self.explain(response.url) if response.status in (403, 502, 504) else None:
            raise Unreachable(*refused)
        if response.status != 200:
            transient = response.status >= 500
            detail = f"HTTP {response.status}"
            raise Unreachable(Reason.UNREACHABLE, detail, transient=transient)
        if not response.body or _MARKUP.match(response.body[:512]):
            raise Unreachable(Reason.NOT_AN_IMAGE, "the server answers with a page, not an image")

    def _failure(self, url: str, error: Exception) -> Unreachable:
        if refused := self.explain(url):
            return Unreachable(*refused)
        return Unreachable(*in_words(error), transient=isinstance(error, TRANSIENT))
