"""JSON in an attribute: one picture's files, or a list of pictures."""

from __future__ import annotations

import json
from typing import Any

from imagecrawler.extraction.urls import looks_like_image

# One picture: its addresses, each with a width in pixels (0: unknown) and the key it stood under.
Addresses = list[tuple[str, int, str]]

# Deeper nesting is application state; also keeps the walk's own recursion small.
MAX_DEPTH = 6


def pictures_in(text: str) -> list[Addresses]:
    """The pictures a JSON text names, each with at least one address; [] for broken JSON.

    An object is one picture with everything below it, except that the entries of a list are
    pictures of their own. Amazon's ``{"address": [height, width]}`` gives widths.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        # Not JSON after all: such attributes also hold scripts and templates.
        return []
    pictures: list[Addresses] = [[]]
    _walk("", value, pictures, 0, MAX_DEPTH)
    return [addresses for addresses in pictures if addresses]


def _walk(key: str, value: Any, pictures: list[Addresses], current: int, depth: int) -> None:
    if isinstance(value, str) and looks_like_image(value):
        pictures[current].append((value, 0, key.lower()))
    elif isinstance(value, dict) and depth:
        for name, entry in value.items():
            if looks_like_image(name):
                pictures[current].append((name, _width(entry), key.lower()))
            else:
                _walk(name, entry, pictures, current, depth - 1)
    elif isinstance(value, list) and depth:
        for entry in value:
            pictures.append([])
            _walk(key, entry, pictures, len(pictures) - 1, depth - 1)


def _width(size: Any) -> int:
    match size:
        case [int(), int(width)] if 0 < width < 100_000:
            return width
    return 0
