"""``<picture>``: the ``<source>`` elements that fit this browser."""

from __future__ import annotations

from collections.abc import Iterator

from imagecrawler.extraction.found import Found, Guess
from imagecrawler.extraction.selection import fits
from imagecrawler.extraction.srcset import versions_of
from imagecrawler.items import PageSnapshot


def find(snapshot: PageSnapshot) -> Iterator[Found]:
    """All candidates of the fitting sources: versions of the picture that the ``<img>`` shows."""
    for place, element in enumerate(snapshot.elements):
        if element.tag != "img":
            continue
        for source in filter(fits, element.sources):
            versions = versions_of(source.srcset, snapshot.base_url, element.rect.width)
            if versions:
                yield Found(versions, place, Guess.RESPONSIVE)
