"""A page's beginning and end."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from imagecrawler.rendering.activity import Activity

logger = logging.getLogger(__name__)

CLOSE_SECONDS = 5.0

#: Popups would be pages that nobody pays for: a loop of them took 3.7 GiB in a second. A browser
#: that we start refuses them all (see ``browser.ARGUMENTS``), a remote one only these.
NO_POPUPS = "window.open = () => null"

#: Of a page's width and height: what nobody looks at is drawn in a hundredth of the pixels. The
#: page knows nothing of it, and Chromium draws anew for a screenshot. Drawing in full took a fifth
#: of its CPU.
DRAWN_SCALE = 0.1

#: A page that opens this many windows, by other means, is closed.
MAX_POPUPS = 10


async def prepare_page(page: Page) -> Activity:
    """Before the navigation: refuses popups, has it drawn small, follows its requests."""
    await asyncio.gather(page.add_init_script(NO_POPUPS), _draw_small(page))
    _close_popups(page)
    # what waits for a script in a tab that crashed would wait until the page's budget ends
    page.on("crash", close_page)
    return Activity(page)


async def _draw_small(page: Page) -> None:
    session = await page.context.new_cdp_session(page)
    size = page.viewport_size or {"width": 0, "height": 0}  # 0: as it is (CDP, Emulation domain)
    screen = {"screenWidth": size["width"], "screenHeight": size["height"]}
    metrics = {**size, **screen, "deviceScaleFactor": 1, "mobile": False, "scale": DRAWN_SCALE}
    await session.send("Emulation.setDeviceMetricsOverride", metrics)


def _close_popups(page: Page) -> None:
    opened = 0

    async def close(popup: Page) -> None:
        nonlocal opened
        opened += 1
        if opened == MAX_POPUPS:
            logger.warning("%s kept opening windows and is closed", page.url)
            await close_page(page)
            return
        with contextlib.suppress(PlaywrightError):  # with its context it is closed already
            await popup.close()

    page.context.on("page", close)


async def close_page(page: Page) -> None:
    """Closes the page's context, which works from outside whatever the page is doing."""
    await close_context(page.context)


async def close_context(context: BrowserContext) -> None:
    """Logs it where the browser does not answer."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await context.close()
    except (TimeoutError, PlaywrightError) as error:
        logger.warning("a page's context did not close: %s", error or "timed out")
