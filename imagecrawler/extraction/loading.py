"""Whether a page has to be rendered again with its images loaded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from imagecrawler.items import METADATA, Element, ImageCandidate, PageSnapshot, Rect

# Both sides of a box that an image can be judged by, CSS pixels: a product card's picture.
REAL_SIDE = 150
# Chromium draws an unloaded <img> as a 16 px icon, or as a line of alternative text.
COLLAPSED_SIDE = 24

# Of the words of the page's heading; related products share one or two of them.
_MOST_WORDS = 0.6
_OPENS_LARGER = "zoom-link"
_IN_VIEWER = "viewer"
# Thumbnails open larger pictures, too, and advertisements are frames.
_FAINT = frozenset({_OPENS_LARGER, _IN_VIEWER})
# A frame that is nothing but a picture viewer: pictures, characters.
_VIEWER_PICTURES = 3
_VIEWER_LETTERS = 100


def needs_images(snapshot: PageSnapshot, candidates: Sequence[ImageCandidate]) -> bool:
    """Whether layout or scripts of the page seem to depend on loaded images.

    True where only metadata names pictures (or nothing does), and where an image has collapsed
    while no candidate has a box of ``REAL_SIDE`` on both sides: none at all, or none that seems to
    be the product's as the collapsed one does.
    """
    boxes = [candidate.rect for candidate in candidates if candidate.rect]
    if not boxes or _is_drawn(snapshot, boxes):
        return True
    documents = (snapshot, *snapshot.frames)
    collapsed = [each for page in documents for each in page.elements if _has_collapsed(each)]
    if not any(is_real(box) for box in boxes):
        return bool(collapsed)
    return bool(collapsed) and _misses_product(snapshot, candidates, collapsed)


def _misses_product(
    snapshot: PageSnapshot, candidates: Sequence[ImageCandidate], collapsed: Sequence[Element]
) -> bool:
    """Whether what speaks for the product's picture speaks for collapsed ones alone."""
    sources = _sources(candidates)
    missed, had = set[str](), set[str]()
    for element in collapsed:
        if element.rect.is_placed:
            alt = element.attributes.get("alt", "")
            missed |= _claims(snapshot, alt, sources[element.path] | sources[_name(element)])
    for each in candidates:
        if each.rect and is_real(each.rect):
            had |= _claims(snapshot, each.alt, set(each.sources))
    if any(map(_is_collapsed_viewer, snapshot.frames)):
        missed.add(_IN_VIEWER)
    return bool(missed - (had | _FAINT if had else had))


def _sources(candidates: Sequence[ImageCandidate]) -> defaultdict[str, set[str]]:
    """By the path of a candidate's element and by its files' names: an element that is not the
    candidate's largest has none of its own."""
    sources = defaultdict[str, set[str]](set)
    for each in candidates:
        for key in (each.path, *(_file(version.url) for version in each.versions)):
            sources[key].update(each.sources)
    sources.pop("", None)
    return sources


def _name(element: Element) -> str:
    return _file(element.current_src or element.attributes.get("src", ""))


def _file(address: str) -> str:
    return address.partition("?")[0].rpartition("/")[2]


def _claims(snapshot: PageSnapshot, alt: str, sources: set[str]) -> set[str]:
    """Of these: it bears most words of the name, metadata name it, it opens a larger picture."""
    found = {"name"} if snapshot.share_of_name(alt) >= _MOST_WORDS else set[str]()
    if not METADATA.isdisjoint(sources):
        found.add("metadata")
    return found | sources & {_OPENS_LARGER}


def _is_collapsed_viewer(frame: PageSnapshot) -> bool:
    images = [each for each in frame.elements if each.tag == "img"]
    is_viewer = len(images) >= _VIEWER_PICTURES and len(frame.content.text) < _VIEWER_LETTERS
    return is_viewer and any(_has_collapsed(each) and each.rect.is_placed for each in images)


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
