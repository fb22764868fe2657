"""What bare Playwright needs for a page's pictures: the least that anything built on it takes.

Both runners know how many pictures the page has and wait for no more than these, which nobody
who crawls a page knows. Neither looks at a picture, decodes or keeps one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Self

import httpx
from playwright.async_api import Browser, Page, Response, async_playwright
from product_shop import Page as Target
from runners.protocol import SCROLL

from imagecrawler.config import load_config
from imagecrawler.rendering.browser import WITHOUT_IMAGES, launch_options

#: As Chromium has it.
CONNECTIONS_PER_HOST = 6
VIEWPORT = {"width": 1680, "height": 1050}
SECONDS = 30

#: Elements that show a picture which is named, and, where images load, has loaded.
_SHOWN = """([expected, load]) => {
  const images = [...document.images].filter(i => !i.currentSrc.startsWith('data:'));
  const there = images.filter(i => (i.src || i.srcset) && !(load && !i.complete));
  return there.length === images.length && images.length >= expected;
}"""
_COUNT = "() => [...document.images].filter(i => !i.currentSrc.startsWith('data:')).length"
#: The best candidate of each picture.
_BEST = """() => [...new Set([
  ...[...document.images].map(image => {
    const sources = [...(image.closest('picture')?.querySelectorAll('source') ?? []), image];
    const all = sources.flatMap(s => (s.srcset || s.dataset.srcset || '').split(/,\\s+/))
      .map(each => each.trim().split(/\\s+/)).filter(([url, width]) => url && width);
    all.sort((a, b) => parseInt(b[1]) - parseInt(a[1]));
    return all.length ? new URL(all[0][0], document.baseURI).href : image.currentSrc;
  }),
  ...[...document.querySelectorAll('[style*="url("]')]
    .map(element => getComputedStyle(element).backgroundImage.slice(5, -2)),
])].filter(url => url.startsWith('http'))"""


class Floors:
    """``with_images`` (A): Chromium loads them, their bodies are taken from its responses.

    ``without`` (B): images are blocked, the best candidate of each is fetched once over HTTP.
    Both give the bodies by address. One browser each, started by its first page, a fresh context a
    page; ``concurrency`` pages at once have as many connections each as one.
    """

    def __init__(self, concurrency: int = 1) -> None:
        self._connections = concurrency * CONNECTIONS_PER_HOST
        self._browsers: dict[bool, Browser] = {}

    async def __aenter__(self) -> Self:
        self._playwright = await async_playwright().start()
        limits = httpx.Limits(max_connections=self._connections)
        self._client = httpx.AsyncClient(limits=limits, timeout=SECONDS)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()
        for browser in self._browsers.values():
            await browser.close()
        await self._playwright.stop()

    async def _browser(self, *, load: bool) -> Browser:
        """The first page of a kind goes alone: nothing keeps two from starting two browsers."""
        if load not in self._browsers:
            options = launch_options(load_config())
            del options["proxy"]
            options["args"] += [] if load else [WITHOUT_IMAGES]
            self._browsers[load] = await self._playwright.chromium.launch(**options)
        return self._browsers[load]

    async def expected(self, url: str) -> int:
        """How many images the page shows once nothing is loading any more."""
        browser = await self._browser(load=True)
        page = await browser.new_page(viewport=VIEWPORT)
        await page.goto(url, wait_until="networkidle")
        await page.evaluate(SCROLL)
        await page.wait_for_load_state("networkidle")
        await asyncio.sleep(2)
        count: int = await page.evaluate(_COUNT)
        await page.close()
        return count

    async def with_images(self, target: Target) -> dict[str, bytes]:
        pictures: list[Response] = []

        def keep(response: Response) -> None:
            if response.request.resource_type == "image" and response.ok:
                pictures.append(response)

        page = await self._visit(target, keep, load=True)
        bodies = await asyncio.gather(*(each.body() for each in pictures))
        await page.context.close()
        return {each.url: body for each, body in zip(pictures, bodies, strict=True)}

    async def without(self, target: Target) -> dict[str, bytes]:
        page = await self._visit(target, lambda _: None, load=False)
        best: list[str] = await page.evaluate(_BEST)
        answers = await asyncio.gather(*map(self._client.get, best))
        await page.context.close()
        return {str(each.url): each.content for each in answers}

    async def _visit(self, target: Target, keep: Callable[[Response], None], *, load: bool) -> Page:
        browser = await self._browser(load=load)
        context = await browser.new_context(viewport=VIEWPORT, service_workers="block")
        page = await context.new_page()
        page.on("response", keep)
        await page.goto(target.url, wait_until="load")
        await page.evaluate(SCROLL)
        await page.wait_for_function(_SHOWN, arg=[target.expected, load])
        return page
