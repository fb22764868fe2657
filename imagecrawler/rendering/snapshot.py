"""The document as the browser sees it, turned into a PageSnapshot."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

from imagecrawler.budget import Budget
from imagecrawler.items import Content, Element, ItemProperty, PageSnapshot, Rect, Script, Source
from imagecrawler.rendering.embedded import addressed, blob_addresses, bytes_of_blobs
from imagecrawler.rendering.frames import Frames, Place
from imagecrawler.rendering.world import IsolatedWorld

logger = logging.getLogger(__name__)

#: Picture-showing elements that are looked at; a page with more of them is a trap.
MAX_ELEMENTS = 5_000


async def take_snapshot(
    world: IsolatedWorld, budget: Budget
) -> tuple[PageSnapshot, tuple[Place, ...]]:
    """The page with its frames, and the places of these.

    Raises TimeoutError or RenderFailed like :meth:`IsolatedWorld.run`.

    A frame that does not answer costs itself only.
    """
    page = await _take_document(world, budget, MAX_ELEMENTS)
    inside = Frames(world, _take_document, MAX_ELEMENTS)
    await inside.look(budget)
    documents = (page, *inside.documents)
    embedded = {key: body for each in documents for key, body in each.embedded.items()}
    notes = [*(each.cut for each in documents), inside.cut]
    snapshot = replace(
        page,
        scripts=page.scripts + await world.activity.state(budget),
        requested=world.activity.images,
        embedded=embedded,
        frames=tuple(replace(each, embedded={}) for each in inside.documents),
        cut=tuple(dict.fromkeys(note for each in notes for note in each)),
    )
    return snapshot, tuple(inside.places)


async def _take_document(world: IsolatedWorld, budget: Budget, most: int) -> PageSnapshot:
    data: dict[str, Any] = json.loads(await world.run("snapshot", budget, most))
    blobs = await bytes_of_blobs(world, blob_addresses(data["elements"]), budget)
    return parse_document(data, blobs)


def parse_document(data: dict[str, Any], blobs: dict[str, str]) -> PageSnapshot:
    """From what ``scripts/snapshot.js`` and ``scripts/blobs.js`` give."""
    if odd := data.pop("odd"):
        logger.warning("%s: %d elements cannot be read: %s", data["url"], len(odd), odd[0])
    embedded, elements = addressed(data["url"], data["elements"], data["embedded"], blobs)
    return PageSnapshot(
        **{
            **data,
            "viewport": tuple(data["viewport"]),
            "document": tuple(data["document"]),
            "elements": tuple(_element(entry) for entry in elements),
            "meta": tuple((name, content) for name, content in data["meta"]),
            "json_ld": tuple(data["json_ld"]),
            "scripts": tuple(Script(**script) for script in data["scripts"]),
            "properties": tuple(_property(entry) for entry in data["properties"]),
            "embedded": embedded,
            "content": _content(data["content"]),
            "cut": tuple(data["cut"]),
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


def _property(data: dict[str, Any]) -> ItemProperty:
    return ItemProperty(**{**data, "names": tuple(data["names"]), "types": tuple(data["types"])})


def _content(data: dict[str, Any]) -> Content:
    lists = {name: tuple(each) for name, each in data.items() if isinstance(each, list)}
    return Content(**{**data, **lists})
