"""Attributes that scripts read: lazy loaders, zoom plug-ins, image swappers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from imagecrawler.extraction.embedded_json import pictures_in
from imagecrawler.extraction.found import Found, Guess
from imagecrawler.extraction.srcset import versions_of
from imagecrawler.extraction.urls import looks_like_image, resolved
from imagecrawler.items import Element, PageSnapshot, Version

# Here any address is taken for an image; under other names it has to look like one.
# fmt: off
IMAGE_ATTRIBUTES = frozenset((
    "data-src", "data-srcset", "data-lazy", "data-lazy-src", "data-lazy-srcset", "data-lazyload",
    "data-original", "data-original-src", "data-orig-src", "data-actualsrc", "data-echo",
    "data-image", "data-image-src", "data-image-url", "data-img", "data-img-src", "data-img-url",
    "data-zoom", "data-zoom-image", "data-zoom-src", "data-large", "data-large_image",
    "data-large-image", "data-full", "data-full-src", "data-full-image", "data-hires",
    "data-hi-res-src", "data-old-hires", "data-retina", "data-src-retina", "lazy-src", "lazysrc",
))
# fmt: on

_NO_PICTURE = re.compile(r"placeholder|fall-?back|error|load(?:er|ing)(?:$|[-_])|spinner|lqip")
_ANOTHER = re.compile(
    r"(?:^|[-_])"
    r"(hover|rollover|mouseover|swap|flip|back|rear|second(?:ary)?|next|prev(?:ious)?|"
    r"alt(?:ernate|ernative)?|logo|icon|badge|swatch|avatar|brand)"
    r"(?:$|[-_]|im(?:g|age)|src|url|pic|photo)"
)
_ZOOM = re.compile(r"zoom|large|hi-?res|full|magnif|(?:^|[-_])(?:big|xl|lg|super)")
_THUMBNAIL = re.compile(r"thumb|small|tiny|low|preview|mobile")
_ADDRESS = re.compile(r"(?:(?:https?:)?//|\.{0,2}/|[\w.-]+/).+", re.IGNORECASE)
_SRCSET = re.compile(r"\S\s+\d+(?:\.\d+)?[wx]\s*(?:,|$)")
_BACKGROUND = re.compile(r"data-(?:[\w-]*[-_])?(?:bg|background)")
_CSS_URL = re.compile(r"url\(\s*[\"']?([^\"')]+)[\"']?\s*\)")
_TEMPLATE = re.compile(r"\{\{|\$\{|<%|\{[a-z_]+\}")

# What lazysizes' users put into "{width}" when data-widths says nothing: a full-width phone at 3x.
DEFAULT_WIDTH = 1080
# Larger values are state of an application, not a list of one picture's files.
MAX_VALUE = 65_536


def shows_picture(element: Element) -> bool:
    """Whether its box is a picture's; what the data of other elements name has no place."""
    return element.tag in ("img", "input", "video", "image", "noscript") or bool(
        element.backgrounds or _BACKGROUND.search(" ".join(element.attributes))
    )


def find(snapshot: PageSnapshot) -> Iterator[Found]:
    """The pictures that data attributes name; alternates (hover, back, …) apart."""
    for place, element in enumerate(snapshot.elements):
        if not shows_picture(element):
            yield from _named_elsewhere(snapshot, element)
            continue
        for name, value in element.attributes.items():
            key = name.lower()
            if key.startswith("data-") or key in IMAGE_ATTRIBUTES:
                yield from _read(snapshot, place, key, value)


def _named_elsewhere(snapshot: PageSnapshot, element: Element) -> Iterator[Found]:
    """What buttons, links and wrappers name is shown in other places, if at all."""
    for name, value in element.attributes.items():
        key = name.lower()
        words = key.removeprefix("data-")
        if key == words or len(value) > MAX_VALUE or _names_none(words):
            continue
        if value.lstrip().startswith(("{", "[")):
            continue  # data_json.py
        if versions := _versions(key, value.strip(), element, snapshot.base_url):
            yield Found(versions, guess=guess_of(words), context=element)


def _read(snapshot: PageSnapshot, place: int, name: str, value: str) -> Iterator[Found]:
    words = name.removeprefix("data-")
    if len(value) > MAX_VALUE or _names_none(words):
        return
    element, base = snapshot.elements[place], snapshot.base_url
    alternate = _alternate(words)
    if value.lstrip().startswith(("{", "[")):
        yield from _read_json(value, place, base, name, alternate)
    elif versions := _versions(name, value.strip(), element, base):
        guess = guess_of(words, trusted=name in IMAGE_ATTRIBUTES or "//" in value)
        yield Found(versions, place, guess, alternate, hidden=bool(alternate))


def _read_json(text: str, place: int, base: str, name: str, alternate: str) -> Iterator[Found]:
    pictures = pictures_in(text)
    for number, addresses in enumerate(pictures):
        own = f"{name}-{number}" if len(pictures) > 1 else alternate
        for address, width, key in addresses:
            if versions := resolved([(address, width)], base):
                yield Found(versions, place, guess_of(key), own, hidden=bool(own))


# Elements have the same few attributes.
@lru_cache(1_024)
def _names_none(words: str) -> bool:
    return bool(_NO_PICTURE.search(words))


@lru_cache(1_024)
def _alternate(words: str) -> str:
    another = _ANOTHER.search(words)
    return another.group(1) if another else ""


def guess_of(words: str, trusted: bool = False) -> Guess:
    """What the words of an attribute's name, or of a key, say of the size.

    Without trust an address cannot beat the one on display: scripts may add to it first.
    """
    words = words.lower()
    if _THUMBNAIL.search(words):
        return Guess.THUMBNAIL
    if _ZOOM.search(words):
        return Guess.ZOOM
    return Guess.LAZY if trusted else Guess.SHOWN


def _versions(name: str, value: str, element: Element, base: str) -> tuple[Version, ...]:
    if "/" not in value and "." not in value and not name.endswith("srcset"):
        return ()  # most are numbers and words
    value = _filled(value, element.attributes)
    if in_css := _CSS_URL.search(value):
        value = in_css.group(1)
    trusted = name in IMAGE_ATTRIBUTES and element.tag == "img"
    if _TEMPLATE.search(value):
        return ()
    if _is_srcset(name, value):
        return versions_of(value, base, element.rect.width)
    if looks_like_image(value) or (trusted and _ADDRESS.fullmatch(value)):
        return resolved([(value, 0)], base)
    return ()


def _is_srcset(name: str, value: str) -> bool:
    return name.endswith("srcset") or bool(
        _SRCSET.search(value) and looks_like_image(value.split(maxsplit=1)[0])
    )


def _filled(value: str, attributes: Mapping[str, str]) -> str:
    """Shopify themes write ``name_{width}x.jpg`` with the widths to be had in data-widths."""
    if "{width}" not in value:
        return value
    widths = [int(digits) for digits in re.findall(r"\d{2,4}", attributes.get("data-widths", ""))]
    return value.replace("{width}", str(max(widths, default=DEFAULT_WIDTH)))
