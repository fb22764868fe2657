"""``<video poster>``."""

from __future__ import annotations

from collections.abc import Iterator

from imagecrawler.extraction.found import Found
from imagecrawler.extraction.urls import resolved
from imagecrawler.items import PageSnapshot


def find(snapshot: PageSnapshot) -> Iterator[Found]:
    """The poster frame of every video."""
    for place, element in enumerate(snapshot.elements):
        poster = element.attributes.get("poster", "")
        if element.tag == "video" and (versions := resolved([(poster, 0)], snapshot.base_url)):
            yield Found(versions, place)
