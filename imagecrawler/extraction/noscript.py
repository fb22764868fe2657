"""``<noscript>``: the image that pages give to browsers without scripts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from imagecrawler.extraction.found import Found, Guess
from imagecrawler.extraction.selection import fits, select, source_set
from imagecrawler.extraction.srcset import versions_of
from imagecrawler.extraction.urls import resolved
from imagecrawler.items import Element, PageSnapshot, Version

_HIDDEN = re.compile(r"display:none|visibility:hidden|(?:width|height):[01](?:px)?(?:;|$)")


def find(snapshot: PageSnapshot) -> Iterator[Found]:
    """The images in there: a single one is the real file of the image right beside it, if any.

    Otherwise it stands in the box of a wrapper made for it, or nowhere.
    """
    fallbacks = Counter(each.path for each in snapshot.elements if each.tag == "noscript")
    places = {each.path: n for n, each in enumerate(snapshot.elements) if each.tag == "img"}
    for place, element in enumerate(snapshot.elements):
        if element.tag != "noscript" or _is_beacon(element):
            continue
        if versions := _versions(element, snapshot.base_url):
            beside = places.get(element.beside) if fallbacks[element.path] == 1 else None
            if beside is None and element.rect.area:
                beside = place
            yield Found(versions, beside, Guess.RESPONSIVE, context=element)


def _versions(element: Element, base: str) -> tuple[Version, ...]:
    """The one that would be shown comes first of those whose width is not known."""
    src, srcset = (element.attributes.get(name, "") for name in ("src", "srcset"))
    width = element.rect.width
    shown = select(source_set(src, srcset, element.sources), width)
    texts = [*(source.srcset for source in filter(fits, element.sources)), srcset]
    named = [version for text in texts for version in versions_of(text, base, width)]
    plain = resolved([(shown, 0), (src, 0)], base)
    return tuple(dict.fromkeys((*named, *plain)))


def _is_beacon(element: Element) -> bool:
    sides = [element.attributes.get(name, "") for name in ("width", "height")]
    style = re.sub(r"\s", "", element.attributes.get("style", "").lower())
    return any(side.strip() in ("0", "1", "0px", "1px") for side in sides) or bool(
        _HIDDEN.search(style)
    )
