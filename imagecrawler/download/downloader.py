"""The best version of every candidate, fetched once, through Scrapy's engine."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence, Set
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import urlsplit

from imagecrawler.download.conditional import Fetched
from imagecrawler.download.page_fetcher import IMAGE_SECONDS, PageFetcher, Unreachable
from imagecrawler.imaging.stripping import without_metadata
from imagecrawler.items import DownloadedImage, ImageCandidate, Reason, Rejection

#: Pictures of one page that are fetched; the rest are rejections.
MAX_PICTURES = 200
#: Versions of one picture that are tried before it counts as unreachable.
MAX_ATTEMPTS = 3
#: Wall seconds for a version that the page does not name.
FURTHER_SECONDS = 5.0
#: Pictures under way at once for one page, and of them with one host, as a browser would.
CONCURRENCY = 16
HOST_CONCURRENCY = 6


class _Early(NamedTuple):
    candidate: ImageCandidate
    task: asyncio.Task[DownloadedImage | Rejection]


#: Fetches a further address of a candidate, once; None where it gives nothing.
Fetch = Callable[[ImageCandidate, str], Awaitable[DownloadedImage | None]]


async def _as_it_is(image: DownloadedImage, _: Fetch) -> DownloadedImage:
    return image


@dataclass
class Downloader:
    """Fetches the pictures of one page.

    ``improve`` is given each picture as it comes, and a way to fetch more, and gives the picture
    that counts. ``progress`` is told how many of the page's there are by now, and will be at most.
    """

    fetcher: PageFetcher
    improve: Callable[[DownloadedImage, Fetch], Awaitable[DownloadedImage]] = _as_it_is
    progress: Callable[[int, int], None] = lambda *_: None
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
                async with self.fetcher.budget.limit(IMAGE_SECONDS):
                    image = await self._fetch_candidate(candidate)
            except TimeoutError:
                return _reject(candidate, *self.fetcher.out_of_time())
            except Unreachable as error:
                return _reject(candidate, error.reason, error.detail)
        return await self.improve(image, self._fetch_further)

    async def _fetch_further(self, candidate: ImageCandidate, url: str) -> DownloadedImage | None:
        if not self.fetcher.may_fetch_further:
            return None
        async with self._hosts[urlsplit(url).netloc], self._gate:
            try:
                async with self.fetcher.budget.limit(FURTHER_SECONDS):
                    got = await self.fetcher.fetch(url, once=True)
            except (TimeoutError, Unreachable):
                return None
        return _image(candidate, url, got)

    async def _fetch_candidate(self, candidate: ImageCandidate) -> DownloadedImage:
        failure = Unreachable(Reason.UNREACHABLE, "no version has an address")
        for version in candidate.versions[:MAX_ATTEMPTS]:
            try:
                got = await self.fetcher.fetch(version.url)
            except Unreachable as error:
                failure = error
                if error.reason is Reason.OVER_BUDGET:
                    break
            else:
                return _image(candidate, version.url, got)
        raise failure


def _image(candidate: ImageCandidate, url: str, got: Fetched) -> DownloadedImage:
    body = without_metadata(got.body)
    return DownloadedImage(candidate, url, body, got.etag, got.last_modified)


def _reject(candidate: ImageCandidate, reason: Reason, detail: str) -> Rejection:
    return Rejection(candidate.url, reason, detail, rect=candidate.rect)
