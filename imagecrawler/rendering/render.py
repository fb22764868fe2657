"""One page from its first byte to a settled, fully scrolled snapshot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import FloatRect, Page

from imagecrawler.budget import Budget
from imagecrawler.errors import BrowserLost, RenderFailed
from imagecrawler.items import Cookie, PageSnapshot
from imagecrawler.rendering.activity import Activity
from imagecrawler.rendering.clock import PageClock
from imagecrawler.rendering.dialogs import MAX_DIALOGS, answer_dialog
from imagecrawler.rendering.frames import Place
from imagecrawler.rendering.gallery import step_through
from imagecrawler.rendering.settle import settle
from imagecrawler.rendering.snapshot import take_snapshot
from imagecrawler.rendering.world import IsolatedWorld

logger = logging.getLogger(__name__)

#: Parts of the page's budget: the rest belongs to the images.
RENDER_SHARE = 0.6
SETTLE_SHARE = 0.25

#: CSS pixels that are scrolled through; an endless page has no end to wait for.
MAX_SCROLL_HEIGHT = 60_000
MAX_SCREENSHOT_HEIGHT = 12_000

#: Wall seconds at most; of a page that hangs there is no screenshot.
COOKIES_SECONDS = 2.0
SCREENSHOT_SECONDS = 10.0
SCREENSHOT_SHARE = 0.25

STOPPED = "the crawl was stopped; run it again"
RESTLESS = "the page never came to rest"
LONGER = f"the page goes on below {MAX_SCROLL_HEIGHT:,} px, where it was not scrolled to"
HUNG = "the page stopped answering while it was scrolled"
ENDLESS = "the page does not answer: a script of it never ends"


@dataclass(frozen=True, slots=True)
class Rendered:
    """``cut`` says in words what was not waited for or not reached, empty where nothing was cut.

    ``whole``: the page was scrolled through, as far as that goes, and has stayed as it was since.
    ``lost``: the browser died, or the page's tab; another attempt may give the whole page.
    """

    snapshot: PageSnapshot
    cookies: tuple[Cookie, ...] = ()
    cut: str = ""
    whole: bool = False
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

    ``seen`` is told what there is whenever the page has gone quiet, before it is known whether it
    stays so, and once more when it has.

    Whatever goes wrong after the first snapshot costs completeness, not the page. Raises
    RenderFailed, or BrowserLost, when there is not even a first one.
    """
    share = budget.part(budget.left * RENDER_SHARE)
    world = IsolatedWorld(page, activity)
    onlooker = _Onlooker(world, PageClock(world), activity, page, seen)
    await onlooker.first_look(share)
    try:
        cut = await onlooker.scroll(share)
        if not onlooker.rendered.whole:
            await onlooker.look(budget.part(budget.left / 2))
    except TimeoutError:
        cut = HUNG
    except BrowserLost as error:
        return replace(onlooker.rendered, cut=str(error), lost=True)
    except RenderFailed as error:
        cut = str(error)
    snapshot = onlooker.rendered.snapshot
    picture = await _screenshot(page, snapshot, budget) if screenshot else None
    if cut != HUNG:
        # after the screenshot, which is to show the page as it was found
        await onlooker.step_through(share)
    return replace(onlooker.rendered, cut=STOPPED if budget.called_off else cut, screenshot=picture)


class _Onlooker:
    """Looks at a page again and again; ``rendered`` is what it saw last."""

    rendered: Rendered
    _frames: tuple[Place, ...] = ()

    def __init__(
        self,
        world: IsolatedWorld,
        clock: PageClock,
        activity: Activity,
        page: Page,
        seen: Callable[[Rendered], None],
    ) -> None:
        self._world = world
        self._clock = clock
        self._activity = activity
        self._page = page
        self._seen = seen

    async def look(self, budget: Budget) -> None:
        """Raises TimeoutError or RenderFailed like :meth:`IsolatedWorld.run`."""
        (snapshot, self._frames), cookies = await asyncio.gather(
            take_snapshot(self._world, budget), _cookies(self._page, budget)
        )
        self.rendered = Rendered(snapshot, cookies)

    async def first_look(self, budget: Budget) -> None:
        """Once the page rests, or has had its time for that: it may yet come to rest.

        Raises RenderFailed where there is nothing to be seen.
        """
        with suppress(TimeoutError):
            if await self._settle(budget.part(budget.seconds * SETTLE_SHARE)):
                return
        try:
            await self._look_and_tell(budget)
        except TimeoutError:
            raise RenderFailed(STOPPED if budget.called_off else ENDLESS) from None

    async def scroll(self, budget: Budget) -> str:
        """What was not waited for, or not reached."""
        try:
            await self._answer_dialogs(budget.part(budget.seconds * SETTLE_SHARE))
            async with self._clock.ticking(budget):
                goes_on = await self._world.run("scroll", budget, MAX_SCROLL_HEIGHT)
            is_quiet = await self._settle(budget.part(budget.left / 2))
            is_answered = await self._answer_dialogs(budget.part(budget.left / 2))
            if is_quiet and not is_answered:
                self.rendered = replace(self.rendered, whole=True)
                self._seen(self.rendered)
        except TimeoutError:
            return RESTLESS
        return LONGER if goes_on else ""

    async def step_through(self, budget: Budget) -> None:
        """Adds what the main picture's gallery shows in its further places."""
        documents = (Place(self._world), *self._frames)
        seen = await step_through(documents, self._clock, self.rendered.snapshot, budget)
        self.rendered = replace(self.rendered, snapshot=seen)

    async def _answer_dialogs(self, budget: Budget) -> bool:
        """Whether there was one."""
        for number in range(MAX_DIALOGS):
            if not await answer_dialog(self._world, budget):
                return number > 0
            await self._settle(budget)
        return True

    async def _settle(self, budget: Budget) -> bool:
        meanwhile = partial(self._look_and_tell, budget)
        return await settle(self._world, self._clock, self._activity, budget, meanwhile)

    async def _look_and_tell(self, budget: Budget) -> None:
        await self.look(budget)
        self._seen(self.rendered)


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
