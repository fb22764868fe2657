"""The pictures that a gallery shows only when somebody steps through it."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from imagecrawler.budget import Budget
from imagecrawler.errors import RenderFailed
from imagecrawler.items import Element, PageSnapshot
from imagecrawler.rendering.clock import PageClock
from imagecrawler.rendering.frames import Place

logger = logging.getLogger(__name__)

MAX_STEPS = 12

#: What is pressed, in this order: what leads through the gallery, the colours beside it.
SCRIPTS = ("gallery", "colours")

#: Heights of the window from the top within which the main picture is.
MAX_SCREENS = 2

#: As in ``scripts/stage.js``: a side of a real picture in CSS pixels, the widest as a part of the
#: window.
REAL = 150
WIDEST = 0.6

#: CSS pixels by which a picture may have moved since the snapshot.
NEAR = 4.0

#: Wall seconds at most, for each of the scripts.
STEP_SECONDS = 3.0


async def step_through(
    documents: Sequence[Place], clock: PageClock, snapshot: PageSnapshot, budget: Budget
) -> PageSnapshot:
    """The snapshot with an element for each further picture, in the main picture's place.

    Pictures of other colours have no box there: they are not what the page is opened with.
    ``documents`` are the places of the page itself and of its frames: the one that shows the
    largest picture has the gallery. A page that takes it amiss keeps what it had.
    """
    taken = (snapshot, *snapshot.frames)
    number = max(range(len(taken)), key=lambda each: _largest(taken[each], snapshot))
    shown = await _press(documents[number], clock, taken[number], budget)
    if not shown:
        return snapshot
    whole = replace(taken[number], elements=taken[number].elements + shown)
    if not number:
        return whole
    frames = (*taken[1:number], whole, *taken[number + 1 :])
    return replace(snapshot, frames=frames)


def _largest(document: PageSnapshot, page: PageSnapshot) -> float:
    """Of its pictures near the top, in square CSS pixels."""
    end = MAX_SCREENS * page.viewport[1]
    images = (each for each in document.elements if each.tag == "img" and each.visible)
    widest = WIDEST * document.viewport[0]
    return max((_area(each, widest) for each in images if each.rect.y <= end), default=0.0)


def _area(image: Element, widest: float) -> float:
    """One that is not loaded, and as high as its width asks for, counts as a square."""
    box = image.rect
    collapsed = not any(image.natural) and box.height < REAL <= box.width <= widest
    return box.width**2 if collapsed and "height" not in image.attributes else box.area


async def _press(
    place: Place, clock: PageClock, document: PageSnapshot, budget: Budget
) -> tuple[Element, ...]:
    elements: dict[str, Element] = {}
    for script in SCRIPTS:
        share = budget.part(STEP_SECONDS)
        try:
            async with clock.ticking(share):
                answer: dict[str, Any] = await place.world.run(script, share, MAX_STEPS)
        except (TimeoutError, RenderFailed) as error:
            logger.warning("%s: its %s cannot be tried: %s", document.url, script, error)
            break
        main = _picture_at(answer["place"], place, document)
        if main is None:
            break
        for address, attributes in answer["shown"]:
            elements.setdefault(address, _further(main, address, attributes, script))
    return tuple(elements.values())


def _further(main: Element, address: str, attributes: dict[str, str], script: str) -> Element:
    there = replace(main, attributes=attributes, current_src=address, natural=(0, 0), sources=())
    if script == "colours":
        return replace(there, rect=replace(there.rect, width=0, height=0), visible=False)
    return there


def _picture_at(
    corner: tuple[float, float] | None, place: Place, document: PageSnapshot
) -> Element | None:
    """``corner`` is the upper left one, in CSS pixels of the document."""
    if corner is None:
        return None
    there = (
        each
        for each in document.elements
        if each.tag == "img"
        and math.dist((place.x + corner[0], place.y + corner[1]), (each.rect.x, each.rect.y)) < NEAR
    )
    return max(there, key=lambda each: each.rect.area, default=None)
