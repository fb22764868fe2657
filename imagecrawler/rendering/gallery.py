"""The pictures that a gallery shows only when somebody steps through it."""

from __future__ import annotations

import logging
import math
from dataclasses import replace
from typing import Any

from imagecrawler.budget import Budget
from imagecrawler.errors import RenderFailed
from imagecrawler.items import Element, PageSnapshot
from imagecrawler.rendering.clock import PageClock
from imagecrawler.rendering.world import IsolatedWorld

logger = logging.getLogger(__name__)

MAX_STEPS = 12

#: CSS pixels by which a picture may have moved since the snapshot.
NEAR = 4.0

#: Wall seconds at most.
STEP_SECONDS = 3.0


async def step_through(
    world: IsolatedWorld, clock: PageClock, snapshot: PageSnapshot, budget: Budget
) -> PageSnapshot:
    """The snapshot with an element for each further picture, in the main picture's place.

    A page that takes it amiss keeps what it had.
    """
    share = budget.part(STEP_SECONDS)
    try:
        async with clock.ticking(share):
            answer: dict[str, Any] = await world.run("gallery", share, MAX_STEPS)
    except (TimeoutError, RenderFailed) as error:
        logger.warning("%s: its gallery cannot be stepped through: %s", snapshot.url, error)
        return snapshot
    main = _picture_at(answer["place"], snapshot)
    if main is None:
        return snapshot
    shown = tuple(
        replace(main, attributes=attributes, current_src=address, natural=(0, 0), sources=())
        for address, attributes in answer["shown"]
    )
    return replace(snapshot, elements=snapshot.elements + shown)


def _picture_at(place: tuple[float, float] | None, snapshot: PageSnapshot) -> Element | None:
    """``place`` is its upper left corner, in CSS pixels of the document."""
    if place is None:
        return None
    there = (
        each
        for each in snapshot.elements
        if each.tag == "img" and math.dist(place, (each.rect.x, each.rect.y)) < NEAR
    )
    return max(there, key=lambda each: each.rect.area, default=None)
