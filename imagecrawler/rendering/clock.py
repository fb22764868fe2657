"""The page's own time, which jumps from timer to timer where real time would be waited for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from imagecrawler.budget import Budget
from imagecrawler.rendering.activity import Activity
from imagecrawler.rendering.world import IsolatedWorld

#: Wall seconds after which time that stands still, with nothing in flight that counts, goes on:
#: an event stream or a long poll would stop it for ever.
STALL_SECONDS = 0.1

#: What passes in the page during half a frame while it is scrolled: handlers that hold back for a
#: while (0.1 s is usual) see each part of the page. Whole frames would often wait for the next.
TICK_SECONDS = 0.075
HALF_FRAME_SECONDS = 1 / 120


class PageClock:
    """Chromium's virtual time (DevTools protocol, Emulation.setVirtualTimePolicy).

    From the first call on the page's timers, in their order, run only within the calls and as
    fast as they can. What is no timer (requests, frames, databases, other processes) keeps to
    the wall's time.
    """

    def __init__(self, world: IsolatedWorld) -> None:
        self._world = world
        self._listens = False
        self._passed = asyncio.Event()

    async def advance(self, seconds: float, activity: Activity, budget: Budget) -> None:
        """Returns when ``seconds`` have passed in the page, which do not pass during requests.

        Raises TimeoutError at the end of the budget, RenderFailed when the page is gone.
        """
        await self._grant("pauseIfNetworkFetchesPending", seconds, budget)
        async with budget.limit():
            while not await self._has_passed():
                if not activity.in_flight:
                    await self._grant("advance", seconds, budget)

    @asynccontextmanager
    async def ticking(self, budget: Budget) -> AsyncIterator[None]:
        """Lets time pass for the page, requests or not, until the block is left."""
        ticks = asyncio.create_task(self._tick(budget))
        try:
            yield
        finally:
            ticks.cancel()
            await asyncio.wait({ticks})

    async def _tick(self, budget: Budget) -> None:
        while True:
            await self._grant("advance", TICK_SECONDS, budget)
            await asyncio.sleep(HALF_FRAME_SECONDS)

    async def _has_passed(self) -> bool:
        try:
            async with asyncio.timeout(STALL_SECONDS):
                return await self._passed.wait()
        except TimeoutError:
            return False

    async def _grant(self, policy: str, seconds: float, budget: Budget) -> None:
        if not self._listens:
            event = "Emulation.virtualTimeBudgetExpired"
            await self._world.listen(event, lambda _: self._passed.set(), budget)
            self._listens = True
        self._passed.clear()
        parameters = {"policy": policy, "budget": seconds * 1000}
        await self._world.send("Emulation.setVirtualTimePolicy", parameters, budget)
