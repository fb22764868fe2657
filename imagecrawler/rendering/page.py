"""A page's beginning and end."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page
from scrapy import Request

from imagecrawler.rendering.activity import Activity

logger = logging.getLogger(__name__)

CLOSE_SECONDS = 5.0

#: Popups would be pages that nobody pays for: a loop of them took 3.7 GiB in a second.
NO_POPUPS = "window.open = () => null"


async def prepare_page(page: Page, request: Request) -> None:
    """Before the navigation: follow the page's requests, refuse popups.

    The route that scrapy-playwright puts on every request, to override headers, is taken off
    again: the browser's own headers are what we want, and each routed request costs a round
    trip through Python.
    """
    await page.unroute("**")
    await page.add_init_script(NO_POPUPS)
    page.on("popup", _close_popup)
    request.meta["activity"] = Activity(page)


async def _close_popup(popup: Page) -> None:
    with contextlib.suppress(PlaywrightError):
        await popup.close()


async def close_page(page: Page) -> None:
    """Closes the page's context, which works from outside whatever the page is doing."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await page.context.close()
    except (TimeoutError, PlaywrightError) as error:
        logger.warning("a page's context did not close: %s", error or "timed out")
