"""The pictures that an application's state names, each with the path that leads to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from imagecrawler.extraction.script_values import values_in
from imagecrawler.extraction.srcset import parse_srcset
from imagecrawler.extraction.urls import looks_like_image

#: Values that are looked at in one script, and how deep they may be nested.
MAX_VALUES = 200_000
MAX_DEPTH = 40

#: Keys under which one object lists the files of one picture.
_OF_ONE_PICTURE = re.compile(
    r"(?:(?:full|image|img|thumb|large|medium|small|zoom|hi-?res|original|gallery|preview|"
    r"gallery_thumbnail|main|big|tiny|retina|super|desktop|mobile|tablet|product|master|media|"
    r"transformed|optimized|high|low|1x|2x|xs|sm|md|lg|xl|secure|content|s|m|l|o|x)"
    r"[-_]?)*(?:src|srcset|url|uri|href|image|img|full|thumb(?:nail)?|large|medium|small|zoom|"
    r"hi-?res|original|main|big|tiny|retina|path|file|link|preview|s|m|l|o|x|xs|sm|md|lg|xl|1x|2x)",
    re.IGNORECASE,
)
_WIDE_ENOUGH = range(1, 100_000)
_ABSOLUTE = re.compile(r"(?:https?:)?//[\w.-]+/|/[\w@-][^/]*/")
_PAGES = {"handle", "slug", "url", "href", "link", "productUrl", "pdpUrl", "permalink"}
_PRICES = {"price", "prices", "offers"}
_TEXTS = ("alt", "altText", "alt_text", "caption", "label")
_NAMES = ("title", "name", "productName", "product_title", "displayName")


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: (address, width or 0, key) of its files.

    ``path`` has the keys from the outside in, ``alt`` what the object says of it, ``name`` that
    of the nearest thing around it. ``rivals`` are the names of the things that it belongs to, one
    of a list of such things each.
    """

    files: tuple[tuple[str, int, str], ...]
    path: tuple[str, ...]
    alt: str = ""
    name: str = ""
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Around:
    path: tuple[str, ...] = ()
    name: str = ""
    rivals: tuple[str, ...] = ()


@dataclass(slots=True)
class _Walk:
    left: int = MAX_VALUES
    shots: list[Shot] = field(default_factory=list)


def shots_in(text: str, name: str = "") -> list[Shot]:
    """The pictures of all values in a text, which need not be JSON as a whole."""
    walk = _Walk()
    for key, value in values_in(text):
        _visit(value, _Around((name, key) if name else (key,)), walk, MAX_DEPTH)
    return walk.shots


def _visit(value: Any, around: _Around, walk: _Walk, depth: int) -> None:
    walk.left -= 1
    if walk.left < 0 or not depth:
        return
    if isinstance(value, dict):
        _visit_object(value, around, walk, depth)
    elif isinstance(value, list):
        _visit_list(value, around, walk, depth)
    elif isinstance(value, str):
        if _is_file(value):
            walk.shots.append(_shot([(value, 0, _last(around))], around, {}))
        elif len(value) > 40 and ("{" in value or "[" in value) and looks_like_state(value):
            for key, inner in values_in(value):
                _visit(inner, _below(around, key), walk, depth // 2)


def _visit_object(value: dict[str, Any], around: _Around, walk: _Walk, depth: int) -> None:
    name = _text(value, _NAMES)
    if name:
        around = _Around(around.path, name, around.rivals)
    files = list(_own_files(value))
    together = all(_OF_ONE_PICTURE.fullmatch(key) for _, _, key in files)
    if files and together:
        walk.shots.append(_shot(files, around, value))
    for key, entry in value.items():
        if isinstance(entry, str) and _is_file(entry):
            if not together:
                walk.shots.append(_shot([(entry, 0, key)], _below(around, key), value))
        elif isinstance(entry, (dict, list, str)) and not (files and _is_widths(entry)):
            _visit(entry, _below(around, key), walk, depth - 1)


def _own_files(value: dict[str, Any]) -> Iterator[tuple[str, int, str]]:
    """Of the strings in an object, and of the objects in it whose keys are addresses (Amazon)."""
    for key, entry in value.items():
        if isinstance(entry, str):
            if _is_file(entry):
                yield entry, _width(value, key), key
            elif key.lower().endswith("srcset"):
                for source in parse_srcset(entry):
                    yield source.url, source.width or 0, key
        elif _is_widths(entry):
            for address, size in entry.items():
                yield address, _second(size), key


def _visit_list(value: list[Any], around: _Around, walk: _Walk, depth: int) -> None:
    things = [entry for entry in value if _is_thing(entry)]
    for entry in value:
        rivals = around.rivals
        if len(things) > 1 and _is_thing(entry):
            rivals = (*rivals, _text(entry, _NAMES))
        _visit(entry, _Around(around.path, around.name, rivals), walk, depth - 1)


def _is_thing(entry: Any) -> bool:
    """Something with a name that can be had for itself, not a picture or a colour of one."""
    if not isinstance(entry, dict) or not _text(entry, _NAMES):
        return False
    return bool(_PAGES & entry.keys() or (_PRICES & entry.keys() and "sku" not in entry))


def _shot(files: list[tuple[str, int, str]], around: _Around, value: Mapping[str, Any]) -> Shot:
    path = tuple(filter(None, around.path))
    return Shot(tuple(files), path, _text(value, _TEXTS), around.name, around.rivals)


def _below(around: _Around, key: str) -> _Around:
    return _Around((*around.path, key), around.name, around.rivals)


def _last(around: _Around) -> str:
    return around.path[-1] if around.path else ""


def _text(value: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    for key in keys:
        text = value.get(key)
        if isinstance(text, str) and text and not _is_file(text):
            return text[:200]
    return ""


def _is_file(text: str) -> bool:
    return len(text) < 4_000 and bool(_ABSOLUTE.match(text)) and looks_like_image(text)


def looks_like_state(text: str) -> bool:
    """Whether a text may hold JSON that names images."""
    return '"' in text and any(mark in text for mark in _MARKS)


_MARKS = (".jp", ".png", ".webp", ".avif", "/is/image/", "/image/upload/", "/image/fetch/")


def _is_widths(entry: Any) -> bool:
    return isinstance(entry, dict) and bool(entry) and all(map(_is_file, entry))


def _second(size: Any) -> int:
    match size:
        case [int(), int(width)] if width in _WIDE_ENOUGH:
            return width
    return 0


def _width(value: Mapping[str, Any], key: str) -> int:
    """What an object says of a file: ``full_src_w`` of ``full_src``, ``width`` of its only one."""
    width = value.get(f"{key}_w")
    if width is None and sum(map(_is_file, filter(_is_text, value.values()))) == 1:
        width = value.get("width")
    return width if isinstance(width, int) and width in _WIDE_ENOUGH else 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str)
