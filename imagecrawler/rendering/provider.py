"""Starts Chromium for scrapy-playwright: without images, and a second one with, when needed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import psutil
from playwright.async_api import BrowserContext, BrowserType
from playwright.async_api import Error as PlaywrightError
from scrapy_playwright.handler import Config as HandlerConfig
from scrapy_playwright.provider import PlaywrightBrowserProvider

from imagecrawler.errors import BrowserLost, RenderFailed
from imagecrawler.rendering.browser import WITHOUT_IMAGES
from imagecrawler.rendering.early import EarlyBrowser
from imagecrawler.rendering.loss import DIED
from imagecrawler.rendering.processes import browser_process, limit_pages
from imagecrawler.rendering.recycling import CONTEXT_SECONDS, RecycledBrowser
from imagecrawler.rendering.started import CLOSE_SECONDS, Limits, Reason, Started

logger = logging.getLogger(__name__)

REMEDY = "reinstall it, or set IMAGECRAWLER_BROWSER_PATH to another"
NEVER = Limits()
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

    def __init__(self, blind: RecycledBrowser, sighted: RecycledBrowser) -> None:
        self._blind = blind
        self._sighted = sighted

    @property
    def version(self) -> str:
        """Of the browser that serves almost every page; empty before it has started."""
        browser = self._blind.current
        return browser.version if browser else ""

    async def new_context(self, *, load_images: bool = False, **options: Any) -> BrowserContext:
        """A fresh context; ``load_images`` chooses the browser.

        Raises what :meth:`RecycledBrowser.new_context` does.
        """
        return await (self._sighted if load_images else self._blind).new_context(**options)

    def on(self, event: str, callback: Callable[..., Any]) -> None:
        """scrapy-playwright waits for "disconnected" here, to drop the pair and all its pages.

        It never comes: one browser's end, wanted or not, costs the pages in the other nothing.
        """

    async def megabytes(self) -> float:
        """MiB of private memory of all processes of both."""
        both = (self._blind, self._sighted)
        return sum([await asyncio.to_thread(each.megabytes) for each in both])

    async def close(self) -> None:
        """Closes both, by force where they do not answer."""
        await asyncio.gather(self._blind.close(), self._sighted.close())

    def kill(self) -> None:
        """Ends both from outside, where Playwright cannot any more."""
        self._blind.kill()
        self._sighted.kill()


class BrowserProvider(PlaywrightBrowserProvider):  # type: ignore[misc]
    """Launches, or connects to, the browsers of one handler."""

    config: HandlerConfig
    browser_type: BrowserType

    def __init__(
        self,
        config: HandlerConfig,
        limits: Limits = NEVER,
        on_restart: Callable[[Reason], None] = lambda _: None,
        on_driver_lost: Callable[[], None] = lambda: None,
        early: EarlyBrowser | None = None,
    ) -> None:
        """``on_driver_lost``: Playwright's own process died, and every browser with it."""
        super().__init__(config)
        self._early = early or EarlyBrowser()
        self._limits = NEVER if config.cdp_url else limits
        self._on_restart = on_restart
        self._on_driver_lost = on_driver_lost
        self._driver_is_lost = self._is_closing = False

    async def start(self) -> None:
        """Starts Playwright's driver, a process of its own, or goes on with the early one."""
        if playwright := self._early.take_playwright():
            self.playwright, self.browser_type = playwright, playwright.chromium
        else:
            self._early.take_browser()  # it ended with its driver
            await super().start()
        self._driver_is_lost = False
        # nothing public tells: to Playwright a browser whose driver died is still connected
        self.playwright._impl_obj._connection.on("close", self._lose_driver)

    def _lose_driver(self) -> None:
        if not self._is_closing:
            self._driver_is_lost = True
            self._on_driver_lost()

    async def launch_browser(self) -> BrowserPair:
        """The pair; with a remote browser both are that one, images and all.

        Raises RenderFailed with the remedy.
        """
        if self._driver_is_lost:
            await self.start()
        blind = self._recycled(WITHOUT_IMAGES)
        await blind.start()
        return BrowserPair(blind, self._recycled())

    def _recycled(self, *arguments: str) -> RecycledBrowser:
        launch = self._connect if self.config.cdp_url else partial(self._launch, *arguments)
        return RecycledBrowser(launch, self._limits, self._on_restart)

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

    async def _connect(self) -> Started:
        try:
            return Started(await self.browser_type.connect_over_cdp(self.config.cdp_url))
        except PlaywrightError as error:
            raise RenderFailed(
                f"no browser answers at {self.config.cdp_url} ({_first_line(error)}); "
                "start it, or correct or unset IMAGECRAWLER_PLAYWRIGHT_CDP_URL"
            ) from error

    async def _launch(self, *arguments: str) -> Started:
        options = dict(self.config.launch_options)
        options["args"] = [*options.get("args", ()), *arguments]
        try:
            browser = self._early.take_browser() if WITHOUT_IMAGES in arguments else None
            browser = browser or await self.browser_type.launch(**options)
            process = await browser_process(browser)
            if self._limits.page_megabytes:
                await asyncio.to_thread(limit_pages, process, self._limits.page_megabytes)
            return Started(browser, process)
        except PlaywrightError as error:
            if self._driver_is_lost:
                raise BrowserLost(DIED) from error
            if "Chromium sandboxing failed" in error.message:  # Playwright's words
                raise RenderFailed(NO_SANDBOX) from error
            path = options["executable_path"]
            raise RenderFailed(f"{path} does not start ({_first_line(error)}); {REMEDY}") from error
        except psutil.NoSuchProcess as error:
            raise BrowserLost(DIED) from error

    async def close(self) -> None:
        """Ends Playwright's own process, within seconds even where a browser hangs."""
        self._is_closing = True
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await super().close()
        except TimeoutError:
            logger.warning("Playwright did not close: timed out")


def _first_line(error: PlaywrightError) -> str:
    return error.message.splitlines()[0]
