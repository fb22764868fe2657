"""``<picture>``: the ``<source>`` elements that fit this browser."""

from __future__ import annotations

from collections.abc import Iterator

from imagecrawler.extraction.found import Found, Guess
from imagecrawler.extraction.srcset import versions_of
from imagecrawler.items import PageSnapshot, Source

SUPPORTED_TYPES = frozenset(
    ("", "image/jpeg", "image/jpg", "image/png", "image/webp", "image/avif", "image/gif")
)


def find(snapshot: PageSnapshot) -> Iterator[Found]:
    """All candidates of the fitting sources: versions of the picture that the ``<img>`` shows."""
    for place, element in enumerate(snapshot.elements):
        for source in filter(_fits, element.sources):
            versions = versions_of(source.srcset, snapshot.base_url, element.rect.width)
            if versions:
                yield Found(versions, place, Guess.RESPONSIVE)


def _fits(source: Source) -> bool:
    # A source for another medium may be another crop: it is no version of this picture.
    mime = source.type.partition(";")[0].strip().lower()
    return source.matches and mime in SUPPORTED_TYPES
