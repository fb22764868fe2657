"""Whether a page has to be rendered again with its images loaded."""

from __future__ import annotations

import re
from collections.abc import Sequence

from imagecrawler.items import Element, ImageCandidate, PageSnapshot, Rect

# Both sides of a box that an image can be judged by, CSS pixels: a product card's picture.
REAL_SIDE = 150
# Chromium draws an unloaded <img> as a 16 px icon, or as a line of alternative text.
COLLAPSED_SIDE = 24

_WORD = re.compile(r"\w{3,}")
# Of the words of the page's heading; related products share one or two of them.
_MOST = 0.6
_METADATA = frozenset({"json-ld", "microdata", "rdfa", "open-graph"})


def needs_images(snapshot: PageSnapshot, candidates: Sequence[ImageCandidate]) -> bool:
    """Whether layout or scripts of the page seem to depend on loaded images.

    True where only metadata names pictures (or nothing does), and where an image has collapsed
    while no candidate has a box of ``REAL_SIDE`` on both sides: none at all, or none that bears
    the product's name, or that metadata name, as the collapsed one does.
    """
    boxes = [candidate.rect for candidate in candidates if candidate.rect]
    if not boxes or _is_drawn(snapshot, boxes):
        return True
    collapsed = [element for element in snapshot.elements if _has_collapsed(element)]
    if not any(is_real(box) for box in boxes):
        return bool(collapsed)
    shown = [each for each in candidates if each.rect and is_real(each.rect)]
    return _misses_named(snapshot, collapsed, shown) or _misses_stated(candidates, collapsed, shown)


def _misses_named(
    snapshot: PageSnapshot, collapsed: Sequence[Element], shown: Sequence[ImageCandidate]
) -> bool:
    name = set(_WORD.findall(snapshot.heading.lower()))
    return any(_bears(name, _alt(each)) for each in collapsed) and not any(
        _bears(name, each.alt) for each in shown
    )


def _misses_stated(
    candidates: Sequence[ImageCandidate],
    collapsed: Sequence[Element],
    shown: Sequence[ImageCandidate],
) -> bool:
    paths = {each.path for each in collapsed if _is_placed(each)}
    return any(each.path in paths and _is_stated(each) for each in candidates) and not any(
        _is_stated(each) for each in shown
    )


def _is_stated(candidate: ImageCandidate) -> bool:
    return not _METADATA.isdisjoint(candidate.sources)


def _bears(name: set[str], text: str) -> bool:
    """Whether it repeats most words of the name."""
    return bool(name) and len(name.intersection(_WORD.findall(text.lower()))) >= _MOST * len(name)


def _alt(element: Element) -> str:
    return element.attributes.get("alt", "") if _is_placed(element) else ""


def _is_placed(element: Element) -> bool:
    """Whether it has a place on the page: it is no hidden copy."""
    box = element.rect
    return any((box.x, box.y, box.width, box.height))


def _is_drawn(snapshot: PageSnapshot, boxes: Sequence[Rect]) -> bool:
    canvases = [each.rect for each in snapshot.elements if each.tag == "canvas" and each.visible]
    largest = max((box.area for box in canvases if is_real(box)), default=0.0)
    return largest > max(box.area for box in boxes)


def is_evident(candidate: ImageCandidate) -> bool:
    """Whether its best address will hardly change while the page goes on: no mere stand-in.

    That is one with a promised width, or in a box that an image can be judged by.
    """
    return candidate.versions[0].width > 0 or bool(candidate.rect and is_real(candidate.rect))


def is_real(box: Rect) -> bool:
    """Whether it is large enough on both sides for a shopper to look at a product in it."""
    return min(box.width, box.height) >= REAL_SIDE


def _has_collapsed(element: Element) -> bool:
    sized = "width" in element.attributes and "height" in element.attributes
    box = element.rect
    return element.tag == "img" and not sized and min(box.width, box.height) <= COLLAPSED_SIDE
