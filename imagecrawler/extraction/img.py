"""``<img src>`` and ``<input type=image src>``, and what the browser has chosen for them."""

from __future__ import annotations

from collections.abc import Iterator

from imagecrawler.extraction.found import Found
from imagecrawler.extraction.urls import resolved
from imagecrawler.items import PageSnapshot


def find(snapshot: PageSnapshot) -> Iterator[Found]:
    """The ``src`` and the current source of every image element."""
    for place, element in enumerate(snapshot.elements):
        if element.tag not in ("img", "input"):
            continue
        addresses = dict.fromkeys((element.current_src, element.attributes.get("src", "")))
        versions = resolved([(address, 0) for address in addresses if address], snapshot.base_url)
        if versions and versions[0] == versions[-1]:
            versions = versions[:1]
        if versions:
            yield Found(versions, place)
