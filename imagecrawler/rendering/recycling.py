"""A browser that is replaced before it grows old, and when it died."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, BrowserContext
from playwright.async_api import Error as PlaywrightError

from imagecrawler.crash_points import CrashPoint, crash_point
from imagecrawler.errors import BrowserLost, RenderFailed
from imagecrawler.rendering.started import CLOSE_SECONDS, Limits, Reason, Started

logger = logging.getLogger(__name__)

#: Wall seconds after which a browser counts as hung.
CONTEXT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Spare:
    """A context, with its page, that nobody has asked for yet: of ``started``, by ``options``."""

    started: Started
    options: dict[str, Any]
    opening: asyncio.Task[BrowserContext]


class RecycledBrowser:
    """Stands for one browser, whichever process that is at the moment.

    The fresh one is started while the old one still serves, and takes over once it is there. The
    old one ends with the last of its pages. One that died is replaced with the next page. From the
    second page on the next one is opened ahead with its context, and need not be waited for then.
    """

    def __init__(
        self,
        launch: Callable[[], Awaitable[Started]],
        limits: Limits,
        on_restart: Callable[[Reason], None],
    ) -> None:
        self._launch = launch
        self._limits = limits
        self._on_restart = on_restart
        self._current: Started | None = None
        self._alive: set[Started] = set()
        self._starting = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self._spare: Spare | None = None

    @property
    def current(self) -> Browser | None:
        """The one that gets the next page; None before the first."""
        return self._current.browser if self._current else None

    async def start(self) -> Browser:
        """The one that gets the next page, started where there is none. Raises RenderFailed."""
        return (await self._ready()).browser

    async def new_context(self, **options: Any) -> BrowserContext:
        """A fresh context.

        Raises RenderFailed when no browser starts, BrowserLost when it hangs (it is ended then),
        and Playwright's Error when it has just died.
        """
        started = await self._ready()
        started.pages += 1
        started.held += 1
        try:
            context = await self._take_spare(started, options)
            context = context or await self._open(started, options)
        except BaseException:
            self._give_back(started)
            raise
        context.on("close", lambda _: self._give_back(started))
        self._consider(started)
        if started.pages > 1 and self._spare is None:
            opening = asyncio.create_task(self._open_ahead(started, options))
            opening.add_done_callback(_take_exception)
            self._spare = Spare(started, options, opening)
        return context

    def megabytes(self) -> float:
        """MiB of private memory of all its processes, the old ones included. Not for the loop."""
        return sum(started.megabytes() for started in tuple(self._alive))

    async def close(self) -> None:
        """Ends all of them, whatever they still hold."""
        self._closed = True
        if self._spare is not None:
            self._spare.opening.cancel()
        if self._renewing is not None:
            await asyncio.wait({self._renewing}, timeout=CLOSE_SECONDS)
        await asyncio.gather(*(started.close() for started in self._alive))
        if self._tasks:
            await asyncio.wait(self._tasks)

    def kill(self) -> None:
        """Ends all of them from outside: nobody is left to close them."""
        self._closed = True
        for started in self._alive:
            started.kill()

    async def _take_spare(self, started: Started, options: dict[str, Any]) -> BrowserContext | None:
        """None where there is none of that kind; one of an old browser ends with it."""
        if self._spare is None or self._spare.options != options:
            return None
        spare, self._spare = self._spare, None
        if spare.started is not started:
            return None
        try:
            return await spare.opening
        except (PlaywrightError, RenderFailed, TimeoutError):
            return None

    async def _ready(self) -> Started:
        async with self._starting:
            if self._current is None or not self._current.is_usable:
                self._current = await self._begin()
            return self._current

    async def _begin(self) -> Started:
        started = await self._launch()
        self._alive.add(started)
        started.browser.on("disconnected", lambda _: self._ended(started))
        return started

    def _ended(self, started: Started) -> None:
        self._alive.discard(started)
        if not started.closing:
            logger.warning("the browser died; the next page gets another")
            self._on_restart("crash")

    async def _open(self, started: Started, options: dict[str, Any]) -> BrowserContext:
        try:
            async with asyncio.timeout(CONTEXT_SECONDS):
                return await started.browser.new_context(**options)
        except TimeoutError:
            if not started.closing:
                self._on_restart("crash")
            await started.close()
            raise BrowserLost("the browser did not answer and was closed; try again") from None

    async def _open_ahead(self, started: Started, options: dict[str, Any]) -> BrowserContext:
        context = await self._open(started, options)
        async with asyncio.timeout(CONTEXT_SECONDS):
            await context.new_page()
        return context

    def _give_back(self, started: Started) -> None:
        started.held -= 1
        self._end_when_idle(started)

    def _end_when_idle(self, started: Started) -> None:
        if started is not self._current and not started.held and not started.closing:
            self._run(started.close())

    def _consider(self, started: Started) -> None:
        if self._renewing is None and self._limits.worth_a_look(started.pages):
            self._renewing = self._run(self._renew(started))

    async def _renew(self, old: Started) -> None:
        try:
            megabytes = await asyncio.to_thread(old.megabytes) if self._limits.megabytes else 0.0
            if reason := self._limits.exceeded(old.pages, megabytes):
                await self._replace(old, reason)
        except (RenderFailed, PlaywrightError) as error:
            logger.warning("the browser is not replaced for now: %s", error)
        finally:
            self._renewing = None

    async def _replace(self, old: Started, reason: Reason) -> None:
        fresh = await self._begin()
        crash_point(CrashPoint.BROWSER_STARTED)
        if self._closed or self._current is not old:
            await fresh.close()
            return
        logger.info("a fresh browser takes over after %d pages (%s)", old.pages, reason)
        self._current = fresh
        self._on_restart(reason)
        crash_point(CrashPoint.BROWSER_REPLACED)
        self._end_when_idle(old)

    def _run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _take_exception(task: asyncio.Task[Any]) -> None:
    """Whoever wanted the result opens another; asyncio would report what nobody asks for."""
    if not task.cancelled():
        task.exception()
