"""Image properties of products, as microdata and RDFa both give them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from imagecrawler.extraction.found import Found, Guess
from imagecrawler.extraction.json_ld import FOREIGN_PROPERTIES, OFFERED_TYPES, PRODUCT_TYPES
from imagecrawler.extraction.urls import resolved
from imagecrawler.items import Element, ItemProperty, PageSnapshot, Rect

_OWN = frozenset(("image", "images", "photo", "primaryimageofpage"))
_OF_IMAGE = frozenset(("url", "contenturl"))


def find_in(snapshot: PageSnapshot, syntax: str) -> Iterator[Found]:
    """One record per image of the page's product.

    A page that describes several products that way describes a list, or related ones below its
    own, which comes first.
    """
    properties = [each for each in snapshot.properties if each.syntax == syntax]
    named = [each for each in properties if _is_own(each, PRODUCT_TYPES)]
    named = named or [each for each in properties if _is_own(each, OFFERED_TYPES)]
    first = min((each.item for each in named), default=None)
    for each in named:
        if each.item == first and (versions := resolved([(each.url, 0)], snapshot.base_url)):
            context = Element(tag="", path=each.path, rect=Rect(0, 0, 0, 0))
            yield Found(versions, guess=Guess.METADATA, context=context)


def _is_own(each: ItemProperty, products: Set[str]) -> bool:
    names = [_terms(name) for name in each.names]
    types = [_terms(name) for name in each.types]
    if not types or any(terms & FOREIGN_PROPERTIES for terms in names):
        return False
    is_image = "imageobject" in types[0] and bool(names[0] & _OF_IMAGE)
    if is_image:
        names, types = names[1:], types[1:]
    if is_image and not names:
        return False
    is_product = bool(types) and bool(types[0] & products)
    return "primaryimageofpage" in names[0] or (is_product and bool(names[0] & _OWN))


def _terms(names: str) -> set[str]:
    """Lower-case names without their vocabulary: ``schema:image`` is ``image``."""
    return {re.split(r"[/#:]", name)[-1] for name in names.lower().split()}
