"""One page from its first byte to a settled, fully scrolled snapshot."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import FloatRect, Page

from imagecrawler.budget import Budget
from imagecrawler.errors import RenderFailed
from imagecrawler.items import PageSnapshot
from imagecrawler.rendering.activity import Activity
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


@dataclass(frozen=True, slots=True)
class Rendered:
    """``cut`` says in words what was not waited for, empty where nothing was cut."""

    snapshot: PageSnapshot
    cookies: Mapping[str, str] = field(default_factory=dict)
    cut: str = ""
    screenshot: bytes | None = field(default=None, repr=False)


async def render(
    page: Page, activity: Activity, budget: Budget, *, screenshot: bool = False
) -> Rendered:
    """Settles and scrolls the page and takes its snapshot, within 0.6 of what is left.

    Whatever goes wrong after the first snapshot costs completeness, not the page. Raises
    RenderFailed when there is not even a first one.
    """
    share = budget.part(budget.left * RENDER_SHARE)
    world = IsolatedWorld(page)
    snapshot, cut = await _first_look(world, activity, share)
    try:
        await world.run("scroll", share, MAX_SCROLL_HEIGHT)
        await settle(world, activity, share.part(share.left / 2))
    except TimeoutError:
        cut = cut or "the page never came to rest"
    except RenderFailed as error:
        return Rendered(snapshot, cut=str(error))
    try:
        snapshot = await take_snapshot(world, budget.part(budget.left / 2))
    except (TimeoutError, RenderFailed):
        return Rendered(snapshot, cut="the page stopped answering while it was scrolled")
    picture = await _screenshot(page, snapshot, budget) if screenshot else None
    return Rendered(snapshot, await _cookies(page, budget), cut, picture)


async def _first_look(
    world: IsolatedWorld, activity: Activity, budget: Budget
) -> tuple[PageSnapshot, str]:
    cut = ""
    try:
        await settle(world, activity, budget.part(budget.seconds * SETTLE_SHARE))
    except TimeoutError:
        cut = "the page never came to rest"
    try:
        return await take_snapshot(world, budget), cut
    except TimeoutError:
        raise RenderFailed("the page does not answer: a script of it never ends") from None


async def _cookies(page: Page, budget: Budget) -> dict[str, str]:
    """The cookie header for each host that has one."""
    try:
        async with budget.limit(2.0):
            jar = await page.context.cookies()
    except (TimeoutError, PlaywrightError) as error:
        logger.warning("the page's cookies are not to be had: %s", error or "timed out")
        return {}
    headers: dict[str, str] = {}
    for cookie in jar:
        host = cookie["domain"]
        pair = f"{cookie['name']}={cookie['value']}"
        headers[host] = f"{headers[host]}; {pair}" if host in headers else pair
    return headers


async def _screenshot(page: Page, snapshot: PageSnapshot, budget: Budget) -> bytes | None:
    width, height = snapshot.document
    clip = FloatRect(x=0, y=0, width=width, height=min(height, MAX_SCREENSHOT_HEIGHT))
    try:
        async with budget.limit(10.0):
            return await page.screenshot(
                full_page=True, clip=clip, type="jpeg", quality=70, scale="css"
            )
    except (TimeoutError, PlaywrightError) as error:
        logger.warning("no screenshot of %s: %s", snapshot.url, error or "timed out")
        return None
