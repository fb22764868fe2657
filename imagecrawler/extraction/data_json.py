"""State in attributes of elements that show no picture themselves.

WooCommerce's ``data-product_variations``, galleries' ``data-gallery``, ``data-product-json``.
"""

from __future__ import annotations

from collections.abc import Iterator

from imagecrawler.extraction.found import Found
from imagecrawler.extraction.lazy import shows_picture
from imagecrawler.extraction.shots import found_of
from imagecrawler.extraction.state import looks_like_state, shots_in
from imagecrawler.items import PageSnapshot

#: Pictures that one page's attributes may add to those that other rules name.
MAX_PICTURES = 150


def find(snapshot: PageSnapshot) -> Iterator[Found]:
    """The pictures in JSON, in the context of the element but not in its box."""
    left = MAX_PICTURES
    for element in snapshot.elements:
        if shows_picture(element):
            continue
        for name, value in element.attributes.items():
            if not value.lstrip().startswith(("{", "[")) or not looks_like_state(value):
                continue
            for shot in shots_in(value, name.removeprefix("data-")):
                found = found_of(shot, snapshot, element.path, element.containers)
                if left and found:
                    left -= not found.weight.only_adds
                    yield found
