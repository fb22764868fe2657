"""Whether a page failed, or whether what showed it died."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from imagecrawler.budget import Budget
from imagecrawler.errors import BrowserLost
from imagecrawler.rendering.activity import Activity

CRASHED = "the page's tab crashed; try again"
DIED = "the browser died while it had the page; try again"

#: Playwright tells of a browser's end after it has failed the calls to its pages.
NEWS_SECONDS = 1.0
POLL_SECONDS = 0.02


async def loss_of(
    error: PlaywrightError, page: Page | None = None, activity: Activity | None = None
) -> BrowserLost | None:
    """For a page whose tab, browser or Playwright's driver died, as ``error`` shows; else None.

    A page that was merely closed, by us or by a script of its own, leaves a browser that lives.
    """
    if (activity and activity.crashed) or "crashed" in error.message:
        return BrowserLost(CRASHED)
    if "has been closed" in error.message and not (page and await _was_closed(page)):
        return BrowserLost(DIED)
    return None


@asynccontextmanager
async def while_open(context: BrowserContext) -> AsyncIterator[None]:
    """Raises BrowserLost in its body soon after the context was closed.

    Playwright never answers some of the calls that a browser's death falls into.
    """

    def cut_short(_: BrowserContext) -> None:
        if not patience.expired():
            patience.reschedule(asyncio.get_running_loop().time() + NEWS_SECONDS)

    try:
        async with asyncio.timeout(None) as patience:
            context.on("close", cut_short)
            yield
    except TimeoutError:
        raise BrowserLost(DIED) if patience.expired() else TimeoutError from None
    finally:
        context.remove_listener("close", cut_short)


async def _was_closed(page: Page) -> bool:
    # a dead driver says nothing any more: its pages never count as closed
    browser, patience = page.context.browser, Budget(NEWS_SECONDS)
    while page.is_closed() and browser and browser.is_connected() and patience.left:  # noqa: ASYNC110
        await asyncio.sleep(POLL_SECONDS)
    return page.is_closed() and bool(browser and browser.is_connected())
