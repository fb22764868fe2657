"""``background-image``, as computed by the browser."""

from __future__ import annotations

from collections.abc import Iterator

from imagecrawler.extraction.found import Found
from imagecrawler.extraction.srcset import versions_of
from imagecrawler.items import Element, PageSnapshot


def find(snapshot: PageSnapshot) -> Iterator[Found]:
    """Every background layer; several layers are several pictures.

    The candidates of an ``image-set()`` are versions of one, the densest first. A box of a
    background promises no pixels: it may show a part of the picture.
    """
    for place, element in enumerate(snapshot.elements):
        own = len(element.backgrounds) > 1 or _shows_another(element)
        for layer, sources in enumerate(element.backgrounds):
            if versions := versions_of(sources, snapshot.base_url, 0):
                yield Found(versions, place, alternate=f"background-{layer}" if own else "")


def _shows_another(element: Element) -> bool:
    return element.tag in ("img", "input", "video")
