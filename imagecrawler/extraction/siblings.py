"""Larger versions of a page's thumbnails, by how the page itself names its pictures.

Where ``mug-1-thumb.jpg`` and ``mug-1-zoom.jpg`` are both on the page, ``mug-2-thumb.jpg`` is likely
to have its ``mug-2-zoom.jpg``. Words and widths by heights tell sizes; bare numbers tell views too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from imagecrawler.extraction.upgrades.signed import is_signed
from imagecrawler.items import ImageCandidate

# From small to large, as shops call them.
_WORDS = (
    *("tiny", "xs", "mini", "thumb", "thumbs", "thumbnail", "thumbnails", "small", "medium"),
    *("main", "big", "large", "full", "xl", "xlarge", "xxl", "hires", "zoom", "original"),
)
_RANKS = {word: rank for rank, word in enumerate(_WORDS)}
_TOKEN = re.compile(
    r"(?<![^\W_])(?:" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r"|\d{2,4}x\d{2,4})"
    r"(?![^\W_])",
    re.IGNORECASE,
)


# Letters and sizes of an address, so that a page's inventions cost nothing.
_LONGEST, _MOST = 1_000, 4


class _Size(NamedTuple):
    """A size that an address names: ``place`` is the same in addresses that are named alike,
    ``file`` in those of one picture."""

    place: tuple[str, str]
    file: tuple[str, str]
    start: int
    token: str

    @property
    def rank(self) -> tuple[bool, int]:
        """Among the sizes of one place; a number and a word cannot be told apart."""
        width, _, _ = self.token.partition("x")
        is_number = width.isdigit()
        return is_number, int(width) if is_number else _RANKS[self.token.lower()]


class Siblings:
    """What the addresses of a page's ``candidates`` tell of each other."""

    def __init__(self, candidates: Iterable[ImageCandidate] = ()) -> None:
        self._named = {version.url for each in candidates for version in each.versions}
        files = defaultdict[tuple[str, str], dict[str, _Size]](dict)
        for url in self._named:
            for size in _sizes(url):
                files[size.file].setdefault(size.token, size)
        self._largest: dict[tuple[tuple[str, str], str], _Size] = {}
        for sizes in files.values():
            for size in sizes.values():
                self._learn(size, max(_alike(size, sizes.values()), key=lambda each: each.rank))

    def _learn(self, size: _Size, larger: _Size) -> None:
        if larger.rank > size.rank:
            known = self._largest.setdefault((size.place, size.token), larger)
            if larger.rank > known.rank:
                self._largest[size.place, size.token] = larger

    def larger(self, url: str) -> str | None:
        """The likely address of a larger version.

        None where the page gives no example, or has that picture itself.
        """
        for size in _sizes(url):
            if known := self._largest.get((size.place, size.token)):
                address = url[: size.start] + known.token + url[size.start + len(size.token) :]
                return None if address in self._named else address
        return None


def _alike(size: _Size, sizes: Iterable[_Size]) -> Iterator[_Size]:
    return (each for each in sizes if each.rank[0] == size.rank[0])


def _sizes(url: str) -> Iterator[_Size]:
    """In its path, the last first, as far as that has a few."""
    if len(url) > _LONGEST or is_signed(url):
        return
    path_start = len(url) - len(url.partition("://")[2].partition("/")[2])
    path_end = len(url.partition("?")[0])
    file_start = url.rfind("/", 0, path_end) + 1
    for match in list(_TOKEN.finditer(url, path_start, path_end))[: -_MOST - 1 : -1]:
        before, after = url[: match.start()], url[match.end() :]
        is_directory = match.end() <= file_start
        # of a directory all before it, of a file's name its folder and what is around it
        place = (before, "/") if is_directory else (url[:file_start] + before[-1:], after)
        yield _Size(place, (before, after), match.start(), match.group())
