"""State in scripts: what applications, shop systems and galleries are started with.

``__NEXT_DATA__`` and other JSON scripts, Magento's ``text/x-magento-init``, Shopify's product
JSON, Amazon's ``colorImages``, ``window.__INITIAL_STATE__ = {…}``, ``JSON.parse("…")``.
"""

from __future__ import annotations

from collections.abc import Iterator

from imagecrawler.extraction.found import Found
from imagecrawler.extraction.shots import found_of
from imagecrawler.extraction.state import shots_in
from imagecrawler.items import PageSnapshot, Script

#: Pictures that one page's scripts may add to those that other rules name.
MAX_PICTURES = 150


def find(snapshot: PageSnapshot) -> Iterator[Found]:
    """The pictures of the page's product and of the page itself.

    What belongs to other things (related products, a menu, a brand) adds to the pictures that
    other rules name, and makes none of its own.
    """
    left = MAX_PICTURES
    for script in snapshot.scripts:
        for shot in shots_in(script.text, _name(script)):
            if left and (found := found_of(shot, snapshot, script.path)):
                left -= not found.weight.only_adds
                yield found


def _name(script: Script) -> str:
    """An id says what the script is for."""
    return script.path.partition("#")[2] if script.path.startswith("script#") else ""
