"""The best version of every candidate, fetched once, through Scrapy's engine."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from imagecrawler.budget import Budget
from imagecrawler.download.conditional import Fetched, conditions, fetched, recalled
from imagecrawler.download.failures import FAILURES, TRANSIENT, in_words
from imagecrawler.download.requests import picture_request
from imagecrawler.imaging.stripping import without_metadata
from imagecrawler.items import (
    Cookie,
    DownloadedImage,
    ImageCandidate,
    KnownImage,
    PageSnapshot,
    Reason,
    Rejection,
)

#: Pictures of one page that are fetched; the rest are rejections.
MAX_PICTURES = 200
#: Bytes of all pictures of a page, give or take those under way.
MAX_PAGE_BYTES = 256 * 2**20
#: Versions of one picture that are tried before it counts as unreachable.
MAX_ATTEMPTS = 3
#: Wall seconds for one picture, all attempts included.
IMAGE_SECONDS = 15.0
#: Wall seconds for a version that the page does not name.
FURTHER_SECONDS = 5.0
#: Pictures under way at once for one page, and of them with one host, as a browser would.
CONCURRENCY = 16
HOST_CONCURRENCY = 6
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


class _Early(NamedTuple):
    candidate: ImageCandidate
    task: asyncio.Task[DownloadedImage | Rejection]


#: Fetches a further address of a candidate, once; None where it gives nothing.
Fetch = Callable[[ImageCandidate, str], Awaitable[DownloadedImage | None]]


async def _nothing(_: KnownImage) -> None:
    return None


async def _as_it_is(image: DownloadedImage, _: Fetch) -> DownloadedImage:
    return image


@dataclass
class Downloader:
    """Fetches the pictures of one page.

    ``have`` maps a URL to bytes that the browser has loaded already. A picture that is ``known``
    by its URL is asked for only if it has changed; if not, ``recall`` gives its bytes, or None
    where they are not to be had. ``explain`` tells why the egress guard let a URL fail, None when
    it did not. ``improve`` is given each picture as it comes, and a way to fetch more, and gives
    the picture that counts. ``progress`` is told how many of the page's there are by now, and
    will be at most.
    """

    engine: Engine
    page: PageSnapshot
    budget: Budget
    cookies: Sequence[Cookie] = ()
    have: Mapping[str, bytes] = field(default_factory=dict)
    known: Mapping[str, KnownImage] = field(default_factory=dict)
    recall: Callable[[KnownImage], Awaitable[bytes | None]] = _nothing
    explain: Callable[[str], tuple[Reason, str] | None] = lambda _: None
    improve: Callable[[DownloadedImage, Fetch], Awaitable[DownloadedImage]] = _as_it_is
    progress: Callable[[int, int], None] = lambda *_: None
    _bytes: int = 0
    _done: int = 0
    _total: int = 0

    def __post_init__(self) -> None:
        self._gate = asyncio.Semaphore(CONCURRENCY)
        self._hosts: dict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(HOST_CONCURRENCY)
        )
        self._early: dict[str, _Early] = {}

    def begin(self, candidates: Sequence[ImageCandidate]) -> None:
        """Fetches what the page names so far, while it is looked at further.

        Whether a picture belongs to the page in the end is for :meth:`fetch_all` to say.
        """
        for each in candidates[: MAX_PICTURES - len(self._early)]:
            if each.url in self._early:
                continue
            task = asyncio.create_task(self._take_turn(each))
            self._early[each.url] = _Early(each, task)

    async def close(self) -> None:
        """Lets go of what was begun and is not wanted."""
        await self._let_go(set(self._early))

    async def fetch_all(
        self, candidates: Sequence[ImageCandidate]
    ) -> tuple[list[DownloadedImage], list[Rejection]]:
        """Every candidate ends in exactly one of the two lists, in the candidates' order."""
        wanted, surplus = candidates[:MAX_PICTURES], candidates[MAX_PICTURES:]
        self._total = len(candidates)
        await self._let_go(self._early.keys() - {each.url for each in wanted})
        results = await asyncio.gather(*map(self._finish, wanted))
        images = [result for result in results if isinstance(result, DownloadedImage)]
        rejections = [result for result in results if isinstance(result, Rejection)]
        detail = f"the page has more than {MAX_PICTURES} pictures"
        rejections += [_reject(each, Reason.OVER_BUDGET, detail) for each in surplus]
        return images, rejections

    async def _let_go(self, urls: Set[str]) -> None:
        tasks = [self._early.pop(url).task for url in urls]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _finish(self, candidate: ImageCandidate) -> DownloadedImage | Rejection:
        result = await self._begun(candidate) or await self._take_turn(candidate)
        if isinstance(result, Rejection):
            return replace(result, rect=candidate.rect)
        self._done += 1
        self.progress(self._done, self._total)
        return replace(result, candidate=candidate)

    async def _begun(self, candidate: ImageCandidate) -> DownloadedImage | Rejection | None:
        """None, too, where the candidate has got further versions to try since it failed."""
        early = self._early.get(candidate.url)
        if early is None:
            return None
        result = await early.task
        same = early.candidate.versions == candidate.versions
        return result if same or isinstance(result, DownloadedImage) else None

    async def _take_turn(self, candidate: ImageCandidate) -> DownloadedImage | Rejection:
        # the host's turn comes first, so that a slow host does not take the others' places
        async with self._hosts[urlsplit(candidate.url).netloc], self._gate:
            try:
                async with self.budget.limit(IMAGE_SECONDS):
                    image = await self._fetch_candidate(candidate)
            except TimeoutError:
                return _reject(candidate, *self._out_of_time())
            except Unreachable as error:
                return _reject(candidate, error.reason, error.detail)
        return await self.improve(image, self._fetch_further)

    async def _fetch_further(self, candidate: ImageCandidate, url: str) -> DownloadedImage | None:
        # the pictures that the page names must not go short
        if self._bytes > MAX_PAGE_BYTES // 2:
            return None
        async with self._hosts[urlsplit(url).netloc], self._gate:
            try:
                async with self.budget.limit(FURTHER_SECONDS):
                    got = self._at_hand(url) or await self._fetch_once(url)
            except (TimeoutError, Unreachable):
                return None
        return _image(candidate, url, got)

    async def _fetch_candidate(self, candidate: ImageCandidate) -> DownloadedImage:
        failure = Unreachable(Reason.UNREACHABLE, "no version has an address")
        for version in candidate.versions[:MAX_ATTEMPTS]:
            try:
                got = self._at_hand(version.url) or await self._fetch(version.url)
            except Unreachable as error:
                failure = error
                if error.reason is Reason.OVER_BUDGET:
                    break
            else:
                return _image(candidate, version.url, got)
        raise failure

    def _at_hand(self, url: str) -> Fetched | None:
        body = self.have.get(url) or self.page.embedded.get(url)
        return Fetched(body) if body else None

    async def _fetch(self, url: str) -> Fetched:
        try:
            return await self._fetch_once(url)
        except Unreachable as error:
            if not error.transient:
                raise
        await asyncio.sleep(PAUSE)
        return await self._fetch_once(url)

    async def _fetch_once(self, url: str) -> Fetched:
        known = self.known.get(url)
        got = await self._revalidate(url, known) if known and conditions(known) else None
        if got is None:
            response = await self._ask(url)
            self._check(response)
            got = fetched(response)
        self._bytes += len(got.body)
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
            raise Unreachable(*self._out_of_time())
        if self._bytes > MAX_PAGE_BYTES:
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

    def _out_of_time(self) -> tuple[Reason, str]:
        if not self.budget.left:
            return Reason.OVER_BUDGET, "the page's time was up"
        return Reason.UNREACHABLE, f"no answer within {IMAGE_SECONDS:.0f} s"


def _image(candidate: ImageCandidate, url: str, got: Fetched) -> DownloadedImage:
    body = without_metadata(got.body)
    return DownloadedImage(candidate, url, body, got.etag, got.last_modified)


def _reject(candidate: ImageCandidate, reason: Reason, detail: str) -> Rejection:
    return Rejection(candidate.url, reason, detail, rect=candidate.rect)
