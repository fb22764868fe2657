"""JSON-LD: images of products and offers, and the page's primary image."""

from __future__ import annotations

import html
import json
import logging
import re
from collections.abc import Iterator, Set
from typing import Any

from imagecrawler.extraction.found import Found, Guess
from imagecrawler.extraction.urls import resolved
from imagecrawler.items import PageSnapshot

logger = logging.getLogger(__name__)

# fmt: off
PRODUCT_TYPES = frozenset((
    "product", "productgroup", "productmodel", "individualproduct", "someproducts",
    "offer", "aggregateoffer", "vehicle", "car", "motorcycle", "book", "audiobook", "course",
))
# Sold as well, but also what a site says of itself, with its logo: only where there is no product.
OFFERED_TYPES = frozenset((
    "softwareapplication", "mobileapplication", "webapplication", "videogame", "movie",
    "musicalbum", "event", "musicevent", "theaterevent", "sportsevent", "educationevent",
    "service", "touristtrip", "hotel", "hotelroom", "resort", "lodgingbusiness", "accommodation",
    "apartment", "house", "singlefamilyresidence", "realestatelisting",
))
# Below these stand other things' pictures: companies, people, other products.
FOREIGN_PROPERTIES = frozenset((
    "logo", "brand", "manufacturer", "publisher", "author", "creator", "seller", "provider",
    "review", "reviews", "isrelatedto", "issimilarto", "isaccessoryorsparepartfor", "breadcrumb",
))
# fmt: on
MAX_DEPTH = 33

_START = re.compile(r"\{|(?<!CDATA)\[\s*\{")
_DECODER = json.JSONDecoder(strict=False)
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")


def find(snapshot: PageSnapshot) -> Iterator[Found]:
    """One record per image; the entries of a list are pictures of their own."""
    blocks = [_parsed(text) for text in snapshot.json_ld]
    of_products = list(_images(blocks, PRODUCT_TYPES, MAX_DEPTH))
    for image in of_products or _images(blocks, OFFERED_TYPES, MAX_DEPTH):
        if versions := resolved([image], snapshot.base_url):
            yield Found(versions, guess=Guess.METADATA)


def _parsed(text: str) -> Any:
    """The first value of a block; None if there is none to be read.

    Forgives what templates do: comments around it, raw line breaks, trailing commas.
    """
    start = _START.search(text)
    if start is None:
        return None
    body = text[start.start() :]
    for attempt in (body, _TRAILING_COMMA.sub("", body)):
        try:
            return _DECODER.raw_decode(attempt)[0]
        except (ValueError, RecursionError) as error:
            problem = error
    logger.debug("unreadable JSON-LD: %s", problem)
    return None


def _images(node: Any, types: Set[str], depth: int) -> Iterator[tuple[str, int]]:
    if depth == 0:
        return
    if isinstance(node, list):
        for entry in node:
            yield from _images(entry, types, depth - 1)
    elif isinstance(node, dict):
        yield from _own_images(node, types)
        for key, entry in node.items():
            if key.lower() not in FOREIGN_PROPERTIES:
                yield from _images(entry, types, depth - 1)


def _own_images(node: dict[str, Any], types: Set[str]) -> Iterator[tuple[str, int]]:
    own = _types(node)
    if "imageobject" in own and "logo" not in str(node.get("@id", "")).lower():
        yield from _addresses(node)
    if own & types:
        yield from _addresses(node.get("image"))
    yield from _addresses(node.get("primaryImageOfPage"))


def _types(node: dict[str, Any]) -> set[str]:
    """Lower-case names without the vocabulary: ``http://schema.org/Product`` is ``product``."""
    value = node.get("@type")
    names = value if isinstance(value, list) else [value]
    return {re.split(r"[/#:]", name)[-1].lower() for name in names if isinstance(name, str)}


def _addresses(image: Any) -> Iterator[tuple[str, int]]:
    """Address and width of what schema.org allows as ``image``: URL, ImageObject, a list."""
    match image:
        case str():
            yield html.unescape(image), 0
        case list():
            for entry in image:
                if not isinstance(entry, list):
                    yield from _addresses(entry)
        case {"contentUrl": str(address)} | {"url": str(address)}:
            yield html.unescape(address), _width(image.get("width"))


def _width(value: Any) -> int:
    """Schema.org allows a number, a text ("800", "800px") and a QuantitativeValue."""
    if isinstance(value, dict):
        value = value.get("value")
    digits = re.match(r"\d{1,5}", str(value), re.ASCII)
    return int(digits.group()) if digits else 0
