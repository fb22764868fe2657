"""Waits until a page has nothing more to show, by evidence and never for a fixed time."""

from __future__ import annotations

import asyncio
from time import monotonic

from imagecrawler.budget import Budget
from imagecrawler.rendering.activity import Activity
from imagecrawler.rendering.world import IsolatedWorld

POLL_SECONDS = 0.05

#: How long nothing may change and nothing may be in flight. Below 0.15 s, pages that build
#: their gallery from a chain of timers or small requests are cut short.
QUIET_SECONDS = 0.25


async def settle(world: IsolatedWorld, activity: Activity, budget: Budget) -> None:
    """Returns once the document is parsed, its candidates are stable and nothing is in flight.

    Raises TimeoutError at the end of the budget.
    """
    last, since = None, monotonic()
    while True:
        now = await world.run("pulse", budget)
        if now["pulse"] != last or now["state"] == "loading" or activity.in_flight:
            last, since = now["pulse"], monotonic()
        elif monotonic() - since >= QUIET_SECONDS:
            return
        async with budget.limit():
            await asyncio.sleep(POLL_SECONDS)
