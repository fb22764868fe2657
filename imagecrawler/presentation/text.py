"""Untrusted strings and raw numbers, made fit to be shown."""

from __future__ import annotations

import re

LINK = re.compile(r"(?:https?://|file:///(?!/))\S+", re.IGNORECASE)
SCHEME = re.compile(r"https?://", re.IGNORECASE)


def printable(text: str) -> str:
    """``text`` on one line, without escape sequences, bidi overrides or lone surrogates."""
    return "".join(char if char.isprintable() else " " for char in text).strip()


def link_target(url: str) -> str | None:
    """``url`` if a click on it is harmless, else None.

    Only http, https and files of this machine: ``javascript:`` and ``data:`` run code, and
    ``file://host/`` sends a Windows user's credentials to that host.
    """
    return url if url.isprintable() and LINK.fullmatch(url) else None


def shorten(text: str, width: int) -> str:
    """At most ``width`` characters: a URL loses its scheme first, then the middle goes."""
    if len(text) <= width:
        return text
    text = SCHEME.sub("", text, count=1)
    if len(text) <= width:
        return text
    tail = (width - 1) // 2
    return f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}"


def file_name(url: str) -> str:
    """The last segment of a URL's path, which people know a picture by; else the whole URL."""
    path = url.partition("?")[0].partition("#")[0]
    return path.rstrip("/").rpartition("/")[2] if LINK.fullmatch(path) else url


def file_size(count: int) -> str:
    """Bytes in decimal units (1 kB = 1000 B), to about three digits."""
    if count < 1000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1000:.0f} kB"
    return f"{count / 1_000_000:.1f} MB"


def duration(seconds: float) -> str:
    """In the two largest units that matter: 45 s, 12 min, 3 h 20 min, 2 d 4 h."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} d {hours % 24} h"
