"""``background-image``, as computed by the browser."""

from __future__ import annotations

from collections.abc import Iterator

from imagecrawler.extraction.found import Found
from imagecrawler.extraction.urls import resolved
from imagecrawler.items import Element, PageSnapshot


def find(snapshot: PageSnapshot) -> Iterator[Found]:
    """Every background layer; several layers are several pictures."""
    for place, element in enumerate(snapshot.elements):
        own = len(element.backgrounds) > 1 or _shows_another(element)
        for layer, address in enumerate(element.backgrounds):
            if versions := resolved([(address, 0)], snapshot.base_url):
                yield Found(versions, place, alternate=f"background-{layer}" if own else "")


def _shows_another(element: Element) -> bool:
    return element.tag in ("img", "input", "video")
