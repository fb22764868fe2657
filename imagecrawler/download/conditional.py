"""Asking only for what has changed (RFC 9110, section 13)."""

from __future__ import annotations

from dataclasses import dataclass, field

from scrapy.http import Response

from imagecrawler.items import KnownImage

#: Characters; servers use some sixty.
MAX_VALIDATOR = 512


@dataclass(frozen=True, slots=True)
class Fetched:
    """Bytes, and what their server calls this state of them."""

    body: bytes = field(repr=False)
    etag: str = ""
    last_modified: str = ""


def conditions(known: KnownImage) -> dict[str, str]:
    """Request headers under which the server sends the bytes only if they have changed.

    Empty where it never gave anything to know them by.
    """
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in headers.items() if value}


def fetched(response: Response) -> Fetched:
    """The bytes of an answer with its validators."""
    return Fetched(response.body, _of(response, "ETag"), _of(response, "Last-Modified"))


def recalled(body: bytes, response: Response, known: KnownImage) -> Fetched:
    """``body``, whose server says (304) that it is still that; a new validator takes effect."""
    etag = _of(response, "ETag") or known.etag
    return Fetched(body, etag, _of(response, "Last-Modified") or known.last_modified)


def _of(response: Response, header: str) -> str:
    value = (response.headers.get(header) or b"").decode("latin-1").strip()
    return value if value.isprintable() and len(value) <= MAX_VALIDATOR else ""
