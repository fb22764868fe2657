"""The documents of a page's frames, their boxes in the page's own coordinates."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError

from imagecrawler.budget import Budget
from imagecrawler.errors import BrowserLost, RenderFailed
from imagecrawler.items import Element, PageSnapshot, Rect
from imagecrawler.rendering.world import IsolatedWorld

logger = logging.getLogger(__name__)

#: Frames that are looked at, how deep they may be nested, and their share of the time left.
MAX_FRAMES = 20
MAX_DEPTH = 4
SHARE = 0.3

#: CSS pixels; smaller frames are for counting visitors.
LEAST_SIDE = 100

#: Frames, small ones too, among which those with a process of their own are looked for.
MAX_SESSIONS = 50

TOO_MANY = (
    f"frames beyond the first {MAX_FRAMES}, or more than {MAX_DEPTH} deep, were not looked at"
)

_MAX_CONTAINERS = 60

TakeDocument = Callable[[IsolatedWorld, Budget, int], Awaitable[PageSnapshot]]


@dataclass(frozen=True, slots=True)
class Place:
    """Of a document in the page: ``(x, y)`` is its upper left corner."""

    world: IsolatedWorld
    depth: int = 0
    x: float = 0.0
    y: float = 0.0
    visible: bool = True
    path: str = ""
    heading: str = ""
    containers: tuple[str, ...] = ()


class FrameWorlds:
    """Our worlds in the frames of a page, those of other sites included."""

    def __init__(self, page: IsolatedWorld) -> None:
        self._page = page
        self._sessions: dict[str, CDPSession] | None = None

    async def find(
        self, outer: IsolatedWorld, frame_id: str, budget: Budget
    ) -> IsolatedWorld | None:
        """By its parent's session, or its own: a frame of another site has its own process.

        None where it has gone. Raises TimeoutError, or PlaywrightError where it goes meanwhile.
        """
        page, activity = self._page.page, self._page.activity
        world = IsolatedWorld(page, activity, await outer.session(), frame_id)
        if await world.reach(budget):
            return world
        if self._sessions is None:
            self._sessions = await _own_sessions(page)
        session = self._sessions.get(frame_id)
        return IsolatedWorld(page, activity, session, frame_id) if session else None


@dataclass
class Frames:
    """Takes the documents in the frames of a page, parents first, as far as a shopper sees them.

    ``take`` takes one of at most so many elements; together they have at most ``most``. ``places``
    are those of the documents. ``cut`` says in words what was left out.
    """

    page: IsolatedWorld
    take: TakeDocument
    most: int
    documents: list[PageSnapshot] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    cut: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._worlds = FrameWorlds(self.page)

    async def look(self, budget: Budget) -> None:
        """Within a part of the budget. Raises BrowserLost."""
        if len(self.page.page.frames) < 2:
            return
        part = budget.part(budget.left * SHARE)
        try:
            async with part.limit():
                await self._look_into_all(part)
        except (TimeoutError, PlaywrightError) as error:
            logger.warning("%s: its frames do not answer: %s", self.page.page.url, error or "late")
            self.cut = ("frames that did not answer were not looked at",)

    async def _look_into_all(self, budget: Budget) -> None:
        places = deque([Place(self.page)])
        while places:
            place = places.popleft()
            left = MAX_FRAMES - len(self.documents)
            told, ids = await place.world.frames(budget, LEAST_SIDE, left)
            if told["all"] and (place.depth == MAX_DEPTH or told["all"] > left):
                self.cut = (TOO_MANY,)
            if place.depth == MAX_DEPTH:
                continue
            for owner, frame_id in zip(told["places"], ids, strict=True):
                inner = await self._enter(place, owner, frame_id, budget)
                if inner is not None:
                    places.append(inner)

    async def _enter(
        self, outer: Place, owner: dict[str, Any], frame_id: str, budget: Budget
    ) -> Place | None:
        world = await self._worlds.find(outer.world, frame_id, budget)
        if world is None:
            return None
        place = _inside(outer, world, owner)
        left = self.most - sum(len(each.elements) for each in self.documents)
        try:
            document = await self.take(world, budget, left)
        except BrowserLost:
            raise
        except RenderFailed as error:
            logger.info("a frame of %s is not to be seen: %s", self.page.page.url, error)
            return None
        self.documents.append(_in_page(document, place))
        self.places.append(place)
        return place


async def _own_sessions(page: Page) -> dict[str, CDPSession]:
    """Of the frames that have a process of their own, by their ids."""
    sessions = {}
    for frame in page.frames[1 : MAX_SESSIONS + 1]:
        try:
            session = await page.context.new_cdp_session(frame)
        except PlaywrightError:
            continue  # it lives in its parent's process, or has gone
        target = await session.send("Target.getTargetInfo")
        sessions[target["targetInfo"]["targetId"]] = session
    return sessions


def _inside(outer: Place, world: IsolatedWorld, owner: dict[str, Any]) -> Place:
    return Place(
        world,
        outer.depth + 1,
        outer.x + owner["x"],
        outer.y + owner["y"],
        outer.visible and owner["visible"],
        f"{outer.path}{owner['path']}>>",
        owner["heading"] or outer.heading,
        (*owner["containers"], *outer.containers)[:_MAX_CONTAINERS],
    )


def _in_page(document: PageSnapshot, place: Place) -> PageSnapshot:
    """Only what the frame shows: what it says of itself is not said of the page."""
    elements = tuple(_moved(element, place) for element in document.elements)
    return replace(document, elements=elements, meta=(), json_ld=(), scripts=(), properties=())


def _moved(element: Element, place: Place) -> Element:
    box = element.rect
    if box.is_placed:
        box = Rect(box.x + place.x, box.y + place.y, box.width, box.height)
    return replace(
        element,
        rect=box,
        visible=element.visible and place.visible,
        seen=element.seen and place.visible,
        path=place.path + element.path,
        heading=element.heading or place.heading,
        containers=(*element.containers, "iframe", *place.containers)[:_MAX_CONTAINERS],
    )
