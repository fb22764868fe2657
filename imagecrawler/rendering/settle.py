"""Waits until a page has nothing more to show, by evidence and never for a fixed time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from imagecrawler.budget import Budget
from imagecrawler.rendering.activity import Activity
from imagecrawler.rendering.clock import PageClock
from imagecrawler.rendering.world import IsolatedWorld

POLL_SECONDS = 0.01

#: How long nothing may change and nothing may be in flight, by the page's clock: pages build
#: their gallery from chains of timers and small requests.
QUIET_SECONDS = 0.25

#: The same by the wall's clock, for what no timer brings: databases, compilers, other processes.
QUIET_WALL_SECONDS = 0.05

#: The same for a page that is told things over a socket, or by a worker with a clock of its own.
QUIET_REMOTE_SECONDS = 0.25

#: A page that never comes to rest is not looked at all the time.
LOOKS = 3


async def settle(
    world: IsolatedWorld,
    clock: PageClock,
    activity: Activity,
    budget: Budget,
    meanwhile: Callable[[], Awaitable[None]],
) -> bool:
    """Returns once the document is parsed, its candidates are stable and nothing is in flight.

    ``meanwhile`` is awaited whenever it goes quiet, LOOKS times at most; the answer says whether
    the page has stayed as it was the last time. Raises TimeoutError at the end of the budget.
    """
    for _ in range(LOOKS):
        if await _stays_quiet(world, clock, activity, budget, meanwhile):
            return True
    while not await _stays_quiet(world, clock, activity, budget, _nothing):
        pass
    return False


async def _nothing() -> None:
    pass


async def _stays_quiet(
    world: IsolatedWorld,
    clock: PageClock,
    activity: Activity,
    budget: Budget,
    meanwhile: Callable[[], Awaitable[None]],
) -> bool:
    async with budget.limit():
        while activity.in_flight:  # noqa: ASYNC110 - what hangs stops to count by itself
            await asyncio.sleep(POLL_SECONDS)
        before = await world.run("pulse", budget)
        wall = QUIET_REMOTE_SECONDS if activity.is_remote else QUIET_WALL_SECONDS
        await asyncio.gather(
            clock.advance(QUIET_SECONDS, activity, budget), asyncio.sleep(wall), meanwhile()
        )
        now = await world.run("pulse", budget)
    return bool(now == before and now["state"] != "loading" and not activity.in_flight)
