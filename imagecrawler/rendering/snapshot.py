"""The document as the browser sees it, turned into a PageSnapshot."""

from __future__ import annotations

import json
import logging
from typing import Any

from imagecrawler.budget import Budget
from imagecrawler.items import Element, PageSnapshot, Rect, Source
from imagecrawler.rendering.world import IsolatedWorld

logger = logging.getLogger(__name__)

#: Picture-showing elements that are looked at; a page with more of them is a trap.
MAX_ELEMENTS = 5_000


async def take_snapshot(world: IsolatedWorld, budget: Budget) -> PageSnapshot:
    """Raises TimeoutError or RenderFailed like :meth:`IsolatedWorld.run`."""
    return parse_snapshot(await world.run("snapshot", budget, MAX_ELEMENTS))


def parse_snapshot(text: str) -> PageSnapshot:
    """``text`` is the JSON that ``scripts/snapshot.js`` returns."""
    data: dict[str, Any] = json.loads(text)
    if odd := data.pop("odd"):
        logger.warning("%s: %d elements cannot be read: %s", data["url"], len(odd), odd[0])
    return PageSnapshot(
        **{
            **data,
            "viewport": tuple(data["viewport"]),
            "document": tuple(data["document"]),
            "elements": tuple(_element(entry) for entry in data["elements"]),
            "meta": tuple((name, content) for name, content in data["meta"]),
            "json_ld": tuple(data["json_ld"]),
        }
    )


def _element(data: dict[str, Any]) -> Element:
    return Element(
        **{
            **data,
            "rect": Rect(*data["rect"]),
            "natural": tuple(data["natural"]),
            "sources": tuple(Source(**source) for source in data["sources"]),
            "backgrounds": tuple(data["backgrounds"]),
            "containers": tuple(data["containers"]),
        }
    )
