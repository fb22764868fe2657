"""RDFa Lite (https://www.w3.org/TR/rdfa-lite/): ``property="image"`` of a product."""

from __future__ import annotations

from collections.abc import Iterator

from imagecrawler.extraction.found import Found
from imagecrawler.extraction.item_properties import find_in
from imagecrawler.items import PageSnapshot


def find(snapshot: PageSnapshot) -> Iterator[Found]:
    """The images of the page's product."""
    return find_in(snapshot, "rdfa")
