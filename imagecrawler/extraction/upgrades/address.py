"""An address in parts, edited without touching what a rule does not know."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

SIDE = 2048
"""Pixels that a server is asked for where it can be told to enlarge nothing: more than any page
shows and than a campaign prints on screen, and a tenth of the bytes of a camera's original."""

CACHE_BUSTERS = frozenset(
    (
        *("v", "ver", "version", "rev", "t", "ts", "timestamp", "lastmod", "mtime", "modified"),
        *("_", "cb"),
    )
)
"""Parameters with which pages tell one state of a file from the next."""

_PICTURE_FILE = re.compile(r"\.(?:jpe?g|jfif|png|webp|avif|gif)$", re.IGNORECASE)


def is_file(path: str) -> bool:
    """Whether a path ends as a picture's file does."""
    return bool(_PICTURE_FILE.search(path))


class Address(NamedTuple):
    """``host`` has its port; ``query`` the raw ``name=value`` parts in their order."""

    scheme: str
    host: str
    path: str
    query: tuple[str, ...] = ()

    @classmethod
    def parse(cls, url: str) -> Address:
        """Of an absolute URL without fragment."""
        scheme, _, rest = url.partition("://")
        place, _, query = rest.partition("?")
        host, slash, path = place.partition("/")
        return cls(scheme, host, slash + path, tuple(query.split("&")) if query else ())

    def __str__(self) -> str:
        query = "&".join(self.query)
        return f"{self.scheme}://{self.host}{self.path}{'?' * bool(query)}{query}"

    @property
    def is_file(self) -> bool:
        """Whether the path ends as a picture's file does."""
        return is_file(self.path)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the query's parameters, decoded, in lower case."""
        return _names(self.query)

    def value(self, name: str) -> str:
        """Of the first parameter of that name, decoded; empty where there is none."""
        for part, known in zip(self.query, self.names, strict=True):
            if known == name:
                return unquote(part.partition("=")[2])
        return ""

    def at(self, path: str) -> Address:
        """With another path."""
        return Address(self.scheme, self.host, path, self.query)

    def without(self, names: Collection[str]) -> Address:
        """Without the parameters of these (lower-case) names."""
        pairs = zip(self.query, self.names, strict=True)
        kept = tuple([part for part, name in pairs if name not in names])
        return Address(self.scheme, self.host, self.path, kept)

    def asking(self, *parts: str) -> Address:
        """With these parameters at the end of the query."""
        return Address(self.scheme, self.host, self.path, (*self.query, *parts))


# The pictures of a page are asked for with a few queries.
@lru_cache(1_024)
def _names(query: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(unquote(part.partition("=")[0]).lower() for part in query)


class Larger(NamedTuple):
    """What a rule knows of an address of its platform.

    ``address`` is the largest version; the address itself where it is that already. ``certain``:
    addresses with the same one are the same picture, for the platform makes all of them from one
    file. Not where a size is merely part of a file's name, which people give, or where more than
    the size was left out.
    """

    address: Address
    certain: bool = True


def source_of(text: str, proxy: Address) -> Address | None:
    """The address that a proxy was given, with or without host; None where it is none."""
    if text.startswith("//"):
        text = f"{proxy.scheme}:{text}"
    elif text.startswith("/"):
        text = f"{proxy.scheme}://{proxy.host}{text}"
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return Address.parse(text.partition("#")[0])
