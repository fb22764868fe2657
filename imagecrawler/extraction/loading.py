"""Whether a page has to be rendered again with its images loaded."""

from __future__ import annotations

from collections.abc import Sequence

from imagecrawler.items import Element, ImageCandidate, PageSnapshot, Rect

# Both sides of a box that an image can be judged by, CSS pixels: a product card's picture.
REAL_SIDE = 150
# Chromium draws an unloaded <img> as a 16 px icon, or as a line of alternative text.
COLLAPSED_SIDE = 24


def needs_images(snapshot: PageSnapshot, candidates: Sequence[ImageCandidate]) -> bool:
    """Whether layout or scripts of the page seem to depend on loaded images.

    True where only metadata names pictures (or nothing does), and where no candidate has a box
    of ``REAL_SIDE`` on both sides while some image has collapsed.
    """
    boxes = [candidate.rect for candidate in candidates if candidate.rect]
    if not boxes or _is_drawn(snapshot, boxes):
        return True
    if any(is_real(box) for box in boxes):
        return False
    return any(_has_collapsed(element) for element in snapshot.elements)


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
