"""Starts Chromium for scrapy-playwright: without images, and a second one with, when needed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from playwright.async_api import Browser, BrowserContext, BrowserType
from playwright.async_api import Error as PlaywrightError
from scrapy_playwright.handler import Config as HandlerConfig
from scrapy_playwright.provider import PlaywrightBrowserProvider

from imagecrawler.rendering.browser import WITHOUT_IMAGES

logger = logging.getLogger(__name__)

CLOSE_SECONDS = 5.0


class BrowserPair:
    """Stands for one browser towards scrapy-playwright, but has two.

    Whether images load is a switch of the whole process in Chromium (a route handler that
    aborts them costs a quarter of the page's time), and few pages need them: the second
    browser starts with the first such page.
    """

    def __init__(self, blind: Browser, launch_sighted: Callable[[], Any]) -> None:
        self._blind = blind
        self._launch_sighted = launch_sighted
        self._sighted: Browser | None = None
        self._lock = asyncio.Lock()

    async def new_context(self, *, load_images: bool = False, **options: Any) -> BrowserContext:
        """A fresh context; ``load_images`` chooses the browser."""
        browser = await self._with_images() if load_images else self._blind
        return await browser.new_context(**options)

    async def _with_images(self) -> Browser:
        async with self._lock:
            if self._sighted is None or not self._sighted.is_connected():
                self._sighted = await self._launch_sighted()
            return self._sighted

    def on(self, event: str, callback: Callable[..., Any]) -> None:
        """Events of the browser that serves almost every page."""
        self._blind.on(event, callback)  # type: ignore[call-overload]

    async def close(self) -> None:
        """Closes both; a browser that does not answer is left to Playwright's own kill."""
        for browser in filter(None, (self._blind, self._sighted)):
            try:
                await asyncio.wait_for(browser.close(), CLOSE_SECONDS)
            except (TimeoutError, PlaywrightError) as error:
                logger.warning("the browser did not close: %s", error or "timed out")


class BrowserProvider(PlaywrightBrowserProvider):  # type: ignore[misc]
    """Launches, or connects to, the browsers of one handler."""

    config: HandlerConfig
    browser_type: BrowserType

    async def launch_browser(self) -> BrowserPair:
        """The pair; with a remote browser both are that one, images and all."""
        if self.config.cdp_url:
            remote = await super().launch_browser()
            return BrowserPair(remote, super().launch_browser)
        return BrowserPair(await self._launch(WITHOUT_IMAGES), self._launch)

    async def _launch(self, *arguments: str) -> Browser:
        options = dict(self.config.launch_options)
        options["args"] = [*options.get("args", ()), *arguments]
        try:
            return await self.browser_type.launch(**options)
        except PlaywrightError:
            if not options.get("chromium_sandbox"):
                raise
            logger.warning("Chromium does not start with its sandbox here; going on without it")
            return await self.browser_type.launch(**{**options, "chromium_sandbox": False})
