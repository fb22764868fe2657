"""What an address tells by itself."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from imagecrawler.extraction.upgrades import picture_key
from imagecrawler.extraction.urls import MEMORABLE, MEMORY, identity, is_placeholder
from imagecrawler.extraction.widths import asked_width


class Told(NamedTuple):
    """``key`` is what tells it from other addresses (:func:`urls.identity`), ``picture`` what it
    has in common with other sizes of its picture (:func:`upgrades.picture_key`), ``width`` what
    it asks a server for, in pixels (0: nothing)."""

    key: str
    picture: str
    placeholder: bool
    width: int


def told_by(url: str) -> Told:
    """Of a resolved address; most are asked about again and again."""
    return _remembered(url) if len(url) <= MEMORABLE else _told(url)


def _told(url: str) -> Told:
    place, mark, query = url.partition("?")
    placeholder, width = _of_file(place + mark)
    return Told(identity(url), picture_key(url), placeholder, width or _of_query(mark + query))


# Sizes of a picture are named one after the other, with the same few queries as those of others.
@lru_cache(1_024)
def _of_file(place: str) -> tuple[bool, int]:
    return is_placeholder(place), asked_width(place)


_of_query = lru_cache(1_024)(asked_width)

_remembered = lru_cache(MEMORY)(_told)
