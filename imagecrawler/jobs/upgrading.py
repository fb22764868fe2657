"""Larger versions of a page's pictures than the page names, each verified before it counts."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeGuard
from urllib.parse import urlsplit

from imagecrawler.download.downloader import Fetch
from imagecrawler.extraction.promises import larger_promise, shown_address
from imagecrawler.extraction.upgrades import larger_address
from imagecrawler.imaging.examine import Examined, Pixels, Unusable, examined
from imagecrawler.imaging.likeness import same_picture
from imagecrawler.imaging.prominence import prominence
from imagecrawler.items import DownloadedImage, KnownImage, PageSnapshot, Rejection
from imagecrawler.jobs.known_upgrades import is_known_upgrade

#: Pixels of the longer side from which on a picture is large enough: twice what most pages show.
ENOUGH = 1600
#: Pixels of the longer side below which too little is left to know a larger version by: of
#: photographs reduced to 100 px and saved as JPEG nine in ten are recognised, to 64 px one in four.
LEAST_SIDE = 64
#: Evidence (0 to 1) for a picture of the product, below which none is asked for. A card of another
#: product, 350 px a side, below the fold and linked to its page, comes to 0.134; a thumbnail of
#: the gallery, 80 px a side, that does not share a word with the heading, to 0.28.
LEAST_PROMINENCE = 0.15
#: Pixels of the longer side up to which an answer is a stand-in for a picture that is not there.
STAND_IN_SIDE = 16
#: Versions that are tried after such an answer.
MAX_INSTEAD = 2
#: Requests of one page beside its own.
MAX_REQUESTS = 40
#: At once, of a host; and after so many failures, and no success, it is asked for nothing more.
HOST_ATTEMPTS = 3

Look = asyncio.Task[Pixels | Unusable]


class Upgrades:
    """Of the pictures of one page.

    The page's own version is fetched first, always: only its pixels can tell whether a larger one
    is worth a request and shows the same. What the page says instead is no evidence: widths in a
    ``srcset`` and proportions are the same for two colours of a garment. So a picture costs one
    request more as a rule, and whatever becomes of that, the page's version is there. Further ones
    are made only where that version has fewer pixels than the page promises of another, or is none:
    servers answer with a transparent pixel, or with bytes that nobody can read.

    ``look_at`` begins to look at a picture, which is awaited here and has not to be done twice;
    None where nobody looks, and then nothing is asked for.
    """

    def __init__(
        self,
        page: PageSnapshot,
        known: Mapping[str, KnownImage],
        look_at: Callable[[DownloadedImage], Look | None],
    ) -> None:
        self._page = page
        self._known = known
        self._look_at = look_at
        self._requests = 0
        # by address; pictures that are not for certain the same may have one in common
        self._had: dict[str, Examined | None] = {}
        self._failures: Counter[str] = Counter()
        self._hosts = defaultdict[str, asyncio.Semaphore](lambda: asyncio.Semaphore(HOST_ATTEMPTS))

    async def improve(self, image: DownloadedImage, fetch: Fetch) -> DownloadedImage:
        """The larger version where there is one, it decodes and shows the same; else ``image``."""
        look = self._look_at(image)
        if look is None:
            return image
        if is_known_upgrade(image, self._known):
            return await self._still(image, look, fetch)
        if len(image.candidate.versions) < 2 and larger_address(image.url) is None:
            return image
        came = await _examined(image, look)
        shown = came if _is_picture(came) else await self._instead(image, fetch)
        if shown is None:
            return image
        if not self._is_wanted(shown):
            return shown.image
        shown = await self._as_promised(shown, fetch)
        address = larger_address(shown.url)
        larger = await self._larger(shown, address, fetch) if address else None
        return larger or shown.image

    async def _instead(self, image: DownloadedImage, fetch: Fetch) -> Examined | None:
        """The version that the page shows, or else the next ones, where the best is no picture."""
        candidate = image.candidate
        box = candidate.rect
        if box is not None and 0 < max(box.width, box.height) < LEAST_SIDE:
            return None  # an icon's place
        urls = [version.url for version in candidate.versions]
        shown = shown_address(candidate, self._page)
        later = urls[urls.index(image.url) + 1 :]
        for url in sorted(later, key=lambda each: each != shown)[:MAX_INSTEAD]:
            if self._requests >= MAX_REQUESTS:
                break
            self._requests += 1
            other = await self._examined(await fetch(candidate, url))
            if _is_picture(other):
                return other
        return None

    async def _as_promised(self, got: Examined, fetch: Fetch) -> Examined:
        """The version that promises more, if it is larger or another picture, which is shown."""
        candidate = got.image.candidate
        address = larger_promise(candidate, got.url, got.measured.width, self._page)
        if address is None or self._requests >= MAX_REQUESTS:
            return got
        self._requests += 1
        other = await self._examined(await fetch(candidate, address))
        if not _is_picture(other):
            return got
        if await asyncio.to_thread(same_picture, got, other):
            return max(got, other, key=_pixels)
        return other if address == shown_address(candidate, self._page) else got

    def _is_wanted(self, shown: Examined) -> bool:
        """Tiny pictures and those of other products have little evidence for them."""
        if not LEAST_SIDE <= max(shown.measured.width, shown.measured.height) < ENOUGH:
            return False
        return prominence(shown.measured, shown.image.candidate, self._page) >= LEAST_PROMINENCE

    async def _larger(self, shown: Examined, address: str, fetch: Fetch) -> DownloadedImage | None:
        host, candidate = urlsplit(address).netloc, shown.image.candidate
        async with self._hosts[host]:
            if address not in self._had:
                if self._requests >= MAX_REQUESTS or self._failures[host] >= HOST_ATTEMPTS:
                    return None
                self._requests += 1
                self._had[address] = await self._examined(await fetch(candidate, address))
            larger = self._had[address]
            if larger is None or not await _is_better(larger, shown):
                self._failures[host] += 1
                return None
            # One success is proof that the host has them: it is not given up again.
            self._failures[host] = -MAX_REQUESTS
            return replace(larger.image, candidate=candidate)

    async def _examined(self, image: DownloadedImage | None) -> Examined | None:
        look = self._look_at(image) if image else None
        result = await _examined(image, look) if image and look else None
        return result if isinstance(result, Examined) else None

    async def _still(self, image: DownloadedImage, look: Look, fetch: Fetch) -> DownloadedImage:
        """An upgrade of an earlier crawl, which was verified then, unless its bytes are others."""
        result = await _examined(image, look)
        if isinstance(result, Examined) and result.sha256 == self._known[image.url].sha256:
            return image
        named = await fetch(image.candidate, image.candidate.versions[1].url)
        shown = await self._examined(named)
        if shown is None:
            return image
        is_good = isinstance(result, Examined) and await _is_better(result, shown)
        return image if is_good else shown.image


def _is_picture(look: Examined | Rejection | None) -> TypeGuard[Examined]:
    if not isinstance(look, Examined):
        return False
    return max(look.measured.width, look.measured.height) > STAND_IN_SIDE


async def _is_better(larger: Examined, shown: Examined) -> bool:
    return await asyncio.to_thread(is_better, larger, shown)


def is_better(larger: Examined, shown: Examined) -> bool:
    """Whether it has more pixels and shows the same, by hash and by colours, place by place."""
    return _pixels(larger) > _pixels(shown) and same_picture(larger, shown)


def _pixels(image: Examined) -> int:
    return image.measured.width * image.measured.height


async def _examined(image: DownloadedImage, look: Look) -> Examined | Rejection:
    # Whoever stops waiting must not stop the looking, which others wait for.
    return examined(image, await asyncio.shield(look))
