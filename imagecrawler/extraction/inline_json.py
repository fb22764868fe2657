"""State in scripts: what applications, shop systems and galleries are started with.

``__NEXT_DATA__`` and other JSON scripts, Magento's ``text/x-magento-init``, Shopify's product
JSON, Amazon's ``colorImages``, ``window.__INITIAL_STATE__ = {…}``, ``JSON.parse("…")``. JSON that
scripts have fetched is state too.
"""

from __future__ import annotations

import json
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
        if script.fetched and not _speaks_of_product(script, snapshot):
            continue
        for shot in shots_in(script.text, _name(script)):
            if left and (found := found_of(shot, snapshot, script.path)):
                left -= not found.weight.only_adds
                yield found


def _name(script: Script) -> str:
    """An id says what the script is for, and an address what was asked."""
    if script.fetched:
        return script.path.partition("://")[2].partition("/")[2].partition("?")[0]
    return script.path.partition("#")[2] if script.path.startswith("script#") else ""


def _speaks_of_product(script: Script, snapshot: PageSnapshot) -> bool:
    """By the page's heading. Pages fetch much: reviews, recommendations, advertisements."""
    text = script.text.casefold()
    written = (json.dumps(snapshot.heading, ensure_ascii=escapes) for escapes in (False, True))
    return bool(snapshot.heading) and any(each[1:-1].casefold() in text for each in written)
