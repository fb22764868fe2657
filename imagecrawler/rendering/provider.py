"""Starts Chromium for scrapy-playwright: without images, and a second one with, when needed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Browser, BrowserContext, BrowserType
from playwright.async_api import Error as PlaywrightError
from scrapy_playwright.handler import Config as HandlerConfig
from scrapy_playwright.provider import PlaywrightBrowserProvider

from imagecrawler.errors import RenderFailed
from imagecrawler.rendering.browser import WITHOUT_IMAGES

logger = logging.getLogger(__name__)

#: Wall seconds after which a browser, or Playwright itself, counts as hung.
CLOSE_SECONDS = 5.0
CONTEXT_SECONDS = 15.0

REMEDY = "reinstall it, or set IMAGECRAWLER_BROWSER_PATH to another"
NO_SANDBOX = (
    "Chromium's sandbox does not start here; allow user namespaces, "
    "or set IMAGECRAWLER_BROWSER_SANDBOX=off"
)


class BrowserPair:
    """Stands for one browser towards scrapy-playwright, but has two.

    Whether images load is a switch of the whole process in Chromium (a route handler that
    aborts them costs a quarter of the page's time), and few pages need them: the second
    browser starts with the first such page.
    """

    def __init__(self, blind: Browser, launch_sighted: Callable[[], Awaitable[Browser]]) -> None:
        self._blind = blind
        self._launch_sighted = launch_sighted
        self._sighted: Browser | None = None
        self._lock = asyncio.Lock()
        # scrapy-playwright then forgets the pair
        blind.on("disconnected", self._close_sighted)

    @property
    def version(self) -> str:
        """Of the browser that serves almost every page."""
        return self._blind.version

    async def new_context(self, *, load_images: bool = False, **options: Any) -> BrowserContext:
        """A fresh context; ``load_images`` chooses the browser.

        Raises RenderFailed, and closes the pair so that the next page gets another, when the
        browser hangs.
        """
        browser = await self._with_images() if load_images else self._blind
        try:
            async with asyncio.timeout(CONTEXT_SECONDS):
                return await browser.new_context(**options)
        except TimeoutError:
            await self.close()
            raise RenderFailed(
                "the browser did not answer and was closed; try again", is_transient=True
            ) from None

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
        await asyncio.gather(_close(self._blind), self._close_sighted())

    async def _close_sighted(self, *_: Browser) -> None:
        if self._sighted is not None:
            await _close(self._sighted)


class BrowserProvider(PlaywrightBrowserProvider):  # type: ignore[misc]
    """Launches, or connects to, the browsers of one handler."""

    config: HandlerConfig
    browser_type: BrowserType

    async def launch_browser(self) -> BrowserPair:
        """The pair; with a remote browser both are that one, images and all.

        Raises RenderFailed with the remedy.
        """
        if self.config.cdp_url:
            return BrowserPair(await self._connect(), self._connect)
        return BrowserPair(await self._launch(WITHOUT_IMAGES), self._launch)

    async def try_out(self) -> str:
        """Opens and closes a page, and gives the browser's version.

        Raises RenderFailed with the remedy.
        """
        pair = await self.launch_browser()
        try:
            async with asyncio.timeout(CONTEXT_SECONDS):
                await (await pair.new_context()).new_page()
        except TimeoutError:
            raise RenderFailed(f"Chromium opens no page in time; {REMEDY}") from None
        except PlaywrightError as error:
            raise RenderFailed(
                f"Chromium opens no page ({_first_line(error)}); {REMEDY}"
            ) from error
        finally:
            await pair.close()
        return pair.version

    async def _connect(self) -> Browser:
        try:
            return await self.browser_type.connect_over_cdp(self.config.cdp_url)
        except PlaywrightError as error:
            raise RenderFailed(
                f"no browser answers at {self.config.cdp_url} ({_first_line(error)}); "
                "start it, or correct or unset IMAGECRAWLER_PLAYWRIGHT_CDP_URL"
            ) from error

    async def _launch(self, *arguments: str) -> Browser:
        options = dict(self.config.launch_options)
        options["args"] = [*options.get("args", ()), *arguments]
        try:
            return await self.browser_type.launch(**options)
        except PlaywrightError as error:
            if "Chromium sandboxing failed" in error.message:  # Playwright's words
                raise RenderFailed(NO_SANDBOX) from error
            path = options["executable_path"]
            raise RenderFailed(f"{path} does not start ({_first_line(error)}); {REMEDY}") from error

    async def close(self) -> None:
        """Ends Playwright's own process, within seconds even where a browser hangs."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await super().close()
        except TimeoutError:
            logger.warning("Playwright did not close: timed out")


async def _close(browser: Browser) -> None:
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await browser.close()
    except (TimeoutError, PlaywrightError) as error:
        logger.warning("the browser did not close: %s", error or "timed out")


def _first_line(error: PlaywrightError) -> str:
    return error.message.splitlines()[0]
