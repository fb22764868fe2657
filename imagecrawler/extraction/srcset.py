"""``srcset``, parsed as the HTML standard writes it.

https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute

``sizes`` is not needed: it chooses among candidates, and here all of them are versions of one
picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isinf
from typing import NamedTuple

from imagecrawler.extraction.found import Found, Guess
from imagecrawler.extraction.urls import resolved
from imagecrawler.items import PageSnapshot, Version

_SEPARATORS = re.compile(r"[ \t\n\f\r,]*")
_URL = re.compile(r"[^ \t\n\f\r]+")
_WHITESPACE = re.compile(r"[ \t\n\f\r]*")
# The states "in descriptor" and "in parens"; an open parenthesis runs to the end of input.
_DESCRIPTOR = re.compile(r"(?:[^ \t\n\f\r,(]|\([^)]*\)?)+")
# Most candidates are an address and a width, and need no tokenizer.
_PLAIN = re.compile(
    r"[ \t\n\f\r,]*([^ \t\n\f\r,](?:[^ \t\n\f\r]*[^ \t\n\f\r,])?)"
    r"[ \t\n\f\r]+(?!0+w)([0-9]{1,5})w[ \t\n\f\r]*(?:,|$)"
)
_INTEGER = re.compile(r"[0-9]+")
_FLOAT = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")

# Wider than any image format or page goes; keeps absurd digits out of the arithmetic.
MAX_WIDTH = 100_000
# An unloaded <img> has a box of 16 px or of its alternative text: no base for a width.
LEAST_BOX = 32


class ImageSource(NamedTuple):
    """One image candidate string: ``width`` in pixels or ``density``, at most one of them."""

    url: str
    width: int | None = None
    density: float | None = None


def parse_srcset(text: str) -> list[ImageSource]:
    """The image sources of a ``srcset`` value; candidates with bad descriptors are left out."""
    sources: list[ImageSource] = []
    position = 0
    while True:
        while plain := _PLAIN.match(text, position):
            sources.append(ImageSource(plain.group(1), int(plain.group(2))))
            position = plain.end()
        position = _skip(_SEPARATORS, text, position)
        if not (match := _URL.match(text, position)):
            return sources
        url, position = match.group(), match.end()
        descriptors: list[str] = []
        if url.endswith(","):
            url = url.rstrip(",")
        else:
            descriptors, position = _descriptors(text, position)
        source = _source(url, descriptors)
        if source:
            sources.append(source)


def _skip(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def _descriptors(text: str, position: int) -> tuple[list[str], int]:
    descriptors = []
    position = _skip(_WHITESPACE, text, position)
    while match := _DESCRIPTOR.match(text, position):
        descriptors.append(match.group())
        position = _skip(_WHITESPACE, text, match.end())
    return descriptors, position


def _source(url: str, descriptors: list[str]) -> ImageSource | None:
    """Apply the standard's descriptor parser; None is its ``error``."""
    values: dict[str, float] = {}
    for descriptor in descriptors:
        unit, value = descriptor[-1], _value(descriptor)
        clashes = {"w": "wx", "x": "wxh", "h": "hx"}.get(unit, "")
        if value is None or any(earlier in values for earlier in clashes):
            return None
        values[unit] = value
    if "h" in values and "w" not in values:
        return None
    width = int(values["w"]) if "w" in values else None
    return ImageSource(url, width, values.get("x"))


def _value(descriptor: str) -> float | None:
    """The number of a ``w``, ``h`` or ``x`` descriptor, None where the standard has an error."""
    number, unit = descriptor[:-1], descriptor[-1]
    if unit in "wh" and _INTEGER.fullmatch(number):
        return min(float(number), MAX_WIDTH) or None
    if unit == "x" and _FLOAT.fullmatch(number):
        density = float(number)
        return None if density < 0 or isinf(density) else density
    return None


def versions_of(text: str, base: str, box_width: float) -> tuple[Version, ...]:
    """The versions of a ``srcset`` value, densest first where only densities are given.

    A density promises that many pixels per CSS pixel of the box, so a box of real width
    (``LEAST_BOX``) turns it into pixels.
    """
    if not text:
        return ()
    sources = sorted(parse_srcset(text), key=_density, reverse=True)
    box = box_width if LEAST_BOX <= box_width < MAX_WIDTH else 0
    return resolved([(source.url, _promised(source, box)) for source in sources], base)


def _density(source: ImageSource) -> float:
    return source.density or 1


def _promised(source: ImageSource, box: float) -> int:
    if source.width:
        return source.width
    return int(min(box * (source.density or 0), MAX_WIDTH))


def find(snapshot: PageSnapshot) -> Iterator[Found]:
    """The candidates of every ``<img srcset>``."""
    for place, element in enumerate(snapshot.elements):
        text = element.attributes.get("srcset", "") if element.tag == "img" else ""
        if versions := versions_of(text, snapshot.base_url, element.rect.width):
            yield Found(versions, place, Guess.RESPONSIVE)
