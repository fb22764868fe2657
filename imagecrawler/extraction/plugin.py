"""``<object data>`` and ``<embed src>`` that show an image."""

from __future__ import annotations

from collections.abc import Iterator

from imagecrawler.extraction.found import Found
from imagecrawler.extraction.selection import SUPPORTED_TYPES
from imagecrawler.extraction.urls import looks_like_image, resolved
from imagecrawler.items import Element, PageSnapshot

_ATTRIBUTE = {"object": "data", "embed": "src"}


def find(snapshot: PageSnapshot) -> Iterator[Found]:
    """Those with the type of an image we keep, or without type and with an image's address."""
    for place, element in enumerate(snapshot.elements):
        address = element.attributes.get(_ATTRIBUTE.get(element.tag, ""), "")
        if not address or not _is_image(element, address):
            continue
        if versions := resolved([(address, 0)], snapshot.base_url):
            yield Found(versions, place)


def _is_image(element: Element, address: str) -> bool:
    mime = element.attributes.get("type", "").partition(";")[0].strip().lower()
    return mime in SUPPORTED_TYPES if mime else looks_like_image(address)
