"""A browser that starts before there is a handler for it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.async_api import Browser, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from imagecrawler.config import Config
from imagecrawler.errors import BadConfiguration
from imagecrawler.rendering.browser import WITHOUT_IMAGES, keep_driver_compiled, launch_options


@dataclass
class EarlyBrowser:
    """Playwright's driver and a Chromium without images, for one provider to go on with.

    Both are None once they were taken, or where they did not start: the provider starts its own
    then, and says in its words what is wrong.
    """

    _playwright: Playwright | None = None
    _browser: Browser | None = None

    async def start(self, config: Config) -> None:
        """Nothing where the browser is a remote one."""
        if config.playwright_cdp_url:
            return
        keep_driver_compiled(config)
        try:
            options = launch_options(config)
            options["args"].append(WITHOUT_IMAGES)
            self._playwright = await async_playwright().start()
            self._browser = await self._playwright.chromium.launch(**options)
        except (BadConfiguration, PlaywrightError):
            return

    def take_playwright(self) -> Playwright | None:
        """Whoever takes it stops it."""
        taken, self._playwright = self._playwright, None
        return taken

    def take_browser(self) -> Browser | None:
        """Whoever takes it closes it."""
        taken, self._browser = self._browser, None
        return taken
