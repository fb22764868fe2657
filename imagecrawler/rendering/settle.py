"""Waits until a page has nothing more to show, by evidence and never for a fixed time."""

from __future__ import annotations

import asyncio

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


async def settle(
    world: IsolatedWorld, clock: PageClock, activity: Activity, budget: Budget
) -> None:
    """Returns once the document is parsed, its candidates are stable and nothing is in flight.

    Raises TimeoutError at the end of the budget.
    """
    before = await world.run("pulse", budget)
    while True:
        async with budget.limit():
            while activity.in_flight:  # noqa: ASYNC110 - what hangs stops to count by itself
                await asyncio.sleep(POLL_SECONDS)
            wall = QUIET_REMOTE_SECONDS if activity.is_remote else QUIET_WALL_SECONDS
            await asyncio.gather(
                clock.advance(QUIET_SECONDS, activity, budget), asyncio.sleep(wall)
            )
        now = await world.run("pulse", budget)
        if now == before and now["state"] != "loading" and not activity.in_flight:
            return
        before = now
