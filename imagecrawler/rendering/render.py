"""One page from its first byte to a settled, fully scrolled snapshot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import FloatRect, Page

from imagecrawler.budget import Budget
from imagecrawler.errors import BrowserLost, RenderFailed
from imagecrawler.items import Cookie, PageSnapshot
from imagecrawler.rendering.activity import Activity
from imagecrawler.rendering.clock import PageClock
from imagecrawler.rendering.settle import settle
from imagecrawler.rendering.snapshot import take_snapshot
from imagecrawler.rendering.world import IsolatedWorld

logger = logging.getLogger(__name__)

#: Parts of the page's budget: the rest belongs to the images.
RENDER_SHARE = 0.6
SETTLE_SHARE = 0.25

#: CSS pixels that are scrolled through; an endless page has no end to wait for.
MAX_SCROLL_HEIGHT = 30_000
MAX_SCREENSHOT_HEIGHT = 12_000

#: Wall seconds at most; of a page that hangs there is no screenshot.
COOKIES_SECONDS = 2.0
SCREENSHOT_SECONDS = 10.0
SCREENSHOT_SHARE = 0.25

STOPPED = "the crawl was stopped; run it again"
RESTLESS = "the page never came to rest"
HUNG = "the page stopped answering while it was scrolled"
ENDLESS = "the page does not answer: a script of it never ends"


@dataclass(frozen=True, slots=True)
class Rendered:
    """``cut`` says in words what was not waited for, empty where nothing was cut.

    ``lost``: the browser died, or the page's tab; another attempt may give the whole page.
    """

    snapshot: PageSnapshot
    cookies: tuple[Cookie, ...] = ()
    cut: str = ""
    screenshot: bytes | None = field(default=None, repr=False)
    lost: bool = False


async def render(
    page: Page,
    activity: Activity,
    budget: Budget,
    *,
    screenshot: bool = False,
    seen: Callable[[Rendered], None] = lambda _: None,
) -> Rendered:
    """Settles and scrolls the page and takes its snapshot, within 0.6 of what is left.

    ``seen`` is told what there is before the page is scrolled.

    Whatever goes wrong after the first snapshot costs completeness, not the page. Raises
    RenderFailed, or BrowserLost, when there is not even a first one.
    """
    share = budget.part(budget.left * RENDER_SHARE)
    world = IsolatedWorld(page, activity)
    clock = PageClock(world)
    snapshot, cut = await _first_look(world, clock, activity, share)
    cookies = await _cookies(page, budget)
    seen(Rendered(snapshot, cookies))
    try:
        cut = await _scroll(world, clock, activity, share) or cut
        snapshot, cookies = await asyncio.gather(
            take_snapshot(world, budget.part(budget.left / 2)), _cookies(page, budget)
        )
    except TimeoutError:
        cut = HUNG
    except BrowserLost as error:
        return Rendered(snapshot, cut=str(error), lost=True)
    except RenderFailed as error:
        cut = str(error)
    picture = await _screenshot(page, snapshot, budget) if screenshot else None
    return Rendered(snapshot, cookies, STOPPED if budget.called_off else cut, picture)


async def _first_look(
    world: IsolatedWorld, clock: PageClock, activity: Activity, budget: Budget
) -> tuple[PageSnapshot, str]:
    cut = ""
    try:
        await settle(world, clock, activity, budget.part(budget.seconds * SETTLE_SHARE))
    except TimeoutError:
        cut = RESTLESS
    try:
        return await take_snapshot(world, budget), cut
    except TimeoutError:
        raise RenderFailed(STOPPED if budget.called_off else ENDLESS) from None


async def _scroll(
    world: IsolatedWorld, clock: PageClock, activity: Activity, budget: Budget
) -> str:
    """What was not waited for."""
    try:
        async with clock.ticking(budget):
            await world.run("scroll", budget, MAX_SCROLL_HEIGHT)
        await settle(world, clock, activity, budget.part(budget.left / 2))
    except TimeoutError:
        return RESTLESS
    return ""


async def _cookies(page: Page, budget: Budget) -> tuple[Cookie, ...]:
    """The browser has them, whatever has become of the page."""
    try:
        async with budget.limit(COOKIES_SECONDS):
            jar = await page.context.cookies()
    except (TimeoutError, PlaywrightError) as error:
        logger.warning("the page's cookies are not to be had: %s", error or "timed out")
        return ()
    return tuple(
        Cookie(each["name"], each["value"], each["domain"], each["path"], each["secure"])
        for each in jar
    )


async def _screenshot(page: Page, snapshot: PageSnapshot, budget: Budget) -> bytes | None:
    width, height = snapshot.document
    clip = FloatRect(x=0, y=0, width=width, height=min(height, MAX_SCREENSHOT_HEIGHT))
    try:
        async with budget.limit(min(SCREENSHOT_SECONDS, budget.left * SCREENSHOT_SHARE)):
            return await page.screenshot(
                full_page=True, clip=clip, type="jpeg", quality=70, scale="css"
            )
    except (TimeoutError, PlaywrightError) as error:
        logger.warning("no screenshot of %s: %s", snapshot.url, error or "timed out")
        return None
