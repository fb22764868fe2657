"""``<image>`` in an inline SVG."""

from __future__ import annotations

from collections.abc import Iterator

from imagecrawler.extraction.found import Found
from imagecrawler.extraction.urls import resolved
from imagecrawler.items import PageSnapshot


def find(snapshot: PageSnapshot) -> Iterator[Found]:
    """Its ``href``, which goes before the older ``xlink:href`` (SVG 2, section 16.1.6)."""
    for place, element in enumerate(snapshot.elements):
        if element.tag != "image":
            continue
        values = element.attributes
        address = values.get("href") or values.get("xlink:href", "")
        if versions := resolved([(address, 0)], snapshot.base_url):
            yield Found(versions, place)
