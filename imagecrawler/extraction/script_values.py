"""The JSON values that a script holds, whatever stands around them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

# Where a value may begin: in anything else that is not JSON the decoder would stop at once.
_START = re.compile(
    r"\{\s*[\"}]|(?<![\w$)\]])\[\s*(?:[\[{\"]|\d+\s*,)|JSON\.parse\(\s*(?:decodeURIComponent\(\s*)?([\"'])"
)
_NAME = re.compile(r"[\"']?([\w$.-]{1,80})[\"']?\]?\s*[:=]\s*$")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "\n": ""}
_DECODER = json.JSONDecoder(strict=False)

#: Letters that may be read again and again in values that turn out to be broken.
MAX_WASTE = 8_000_000
# A value that is nested too deeply for the decoder costs about as much as these many letters.
_DEEP = 100_000


def values_in(text: str) -> Iterator[tuple[str, Any]]:
    """Each value with the name it is assigned to or stands under, "" where it has none.

    The largest values that are whole: ``x = {"a": [1]}`` gives one, ``{a: [{"b": 1}]}``, which
    is no JSON, the list in it. Texts of ``JSON.parse("…")`` are read too.
    """
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        yield from _scanned(text)
    else:
        yield "", whole


def _scanned(text: str) -> Iterator[tuple[str, Any]]:
    position, waste = 0, 0
    while waste < MAX_WASTE and (match := _START.search(text, position)):
        start = match.start()
        try:
            if match.group(1):
                value, position = _parsed_text(text, match)
            else:
                value, position = _DECODER.raw_decode(text, start)
        except json.JSONDecodeError as error:
            waste += max(1, error.pos - start)
            position = start + 1
        except RecursionError:
            waste += _DEEP
            position = start + 1
        else:
            yield _name_before(text, start), value


def _name_before(text: str, position: int) -> str:
    match = _NAME.search(text, max(0, position - 120), position)
    return match.group(1) if match else ""


def _parsed_text(text: str, match: re.Match[str]) -> tuple[Any, int]:
    """The value in a string literal. Raises JSONDecodeError and RecursionError."""
    quote, begin = match.group(1), match.end()
    literal = re.compile(rf"(?:[^{quote}\\]|\\.)*", re.DOTALL).match(text, begin)
    assert literal is not None
    content = _ESCAPE.sub(_unescaped, literal.group())
    if "decodeURIComponent" in match.group():
        content = unquote(content)
    try:
        return json.loads(content, strict=False), literal.end()
    except json.JSONDecodeError as error:
        raise json.JSONDecodeError(error.msg, text, literal.end()) from None


def _unescaped(match: re.Match[str]) -> str:
    digits = match.group(1) or match.group(2)
    if digits:
        return chr(int(digits, 16))
    return _ESCAPED.get(match.group(3), match.group(3))
