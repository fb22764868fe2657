"""What every object store offers, and what it accepts as a key and as metadata."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from urllib.parse import quote, urlsplit

from imagecrawler.config import PREFIX, Config
from imagecrawler.errors import BadConfiguration, StoreError

KEY_LIMIT = 1024
"""Bytes of a key in UTF-8, as S3 and R2 have it."""

METADATA_LIMIT = 2048
"""Bytes of all user metadata of an object, as S3 has it (R2 allows 8,192)."""

METADATA_PREFIX = "x-amz-meta-"


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """An object without its bytes.

    ``size`` is in bytes, ``etag`` changes with the bytes, ``modified`` (with its zone) is when they
    were put, to the second, by the store's clock. A listing leaves ``content_type`` and
    ``metadata`` empty, because S3 names them only object by object.
    """

    key: str
    size: int
    etag: str
    content_type: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    modified: datetime = field(kw_only=True, compare=False)


class ObjectStore(Protocol):
    """Bytes under keys.

    Every method that reaches the store raises StoreError when it fails, and its subclass
    StoreRefused when a retry cannot help; both messages are one line without secrets.
    """

    async def put(
        self, key: str, body: bytes, *, content_type: str, metadata: Mapping[str, str]
    ) -> None:
        """Keep the bytes, replacing an older object of that key as a whole."""

    async def head(self, key: str) -> ObjectInfo | None:
        """Everything but the bytes; None where there is no such object."""

    async def get(self, key: str) -> bytes:
        """The bytes. Raises StoreError where there is no such object."""

    async def delete(self, key: str) -> None:
        """Remove the object; nothing happens where there is none."""

    def list(self, prefix: str = "") -> AsyncIterator[ObjectInfo]:
        """Objects whose key begins with ``prefix``, in the order of their keys' UTF-8 bytes."""

    def url(self, key: str) -> str:
        """The address under which the public finds the object."""

    async def check(self) -> None:
        """Reach the store once. Raises StoreRefused or StoreError naming the setting at fault."""

    async def close(self) -> None:
        """Let running calls end, then give back threads and connections."""


def require_key(key: str) -> str:
    """Return ``key``, or raise StoreError where it is no plain relative path.

    Parts that begin with a dot are refused: ``..`` leaves the store, and the others are the
    filesystem store's own.
    """
    plain = key.isprintable() and "\\" not in key
    if not plain or any(not part or part.startswith(".") for part in key.split("/")):
        raise StoreError(f"{key!r} is not an object key: it must be a plain relative path")
    if len(key.encode()) > KEY_LIMIT:
        raise StoreError(f"{key[:80]!r}... is not an object key: over {KEY_LIMIT} bytes")
    return key


def metadata_size(metadata: Mapping[str, str]) -> int:
    """Bytes that count against METADATA_LIMIT.

    Header prefixes are counted too: Amazon leaves them out, MinIO does not.
    """
    return sum(len(METADATA_PREFIX) + len(name) + len(value) for name, value in metadata.items())


def require_metadata(metadata: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of ``metadata``, or raise StoreError where HTTP headers cannot carry it."""
    for name, value in metadata.items():
        if not (name.isascii() and name.isprintable() and name == name.lower()):
            raise StoreError(f"{name!r} is not a metadata name: lower-case ASCII only")
        if not (value.isascii() and value.isprintable() and value == value.strip()):
            raise StoreError(f"the metadata value of {name!r} is not trimmed printable ASCII")
    if metadata_size(metadata) > METADATA_LIMIT:
        raise StoreError(f"{metadata_size(metadata)} bytes of metadata, over {METADATA_LIMIT}")
    return dict(metadata)


def public_url(base: str, key: str) -> str:
    """``base/key`` with the key percent-encoded."""
    return f"{base}/{quote(require_key(key))}"


def cdn_base(config: Config) -> str:
    """CDN_BASE_URL without a trailing slash, or "". Raises BadConfiguration: not an http URL."""
    base = config.cdn_base_url.rstrip("/")
    if base and not is_http_url(base):
        raise BadConfiguration(f"{PREFIX}CDN_BASE_URL: must be http(s)://host[/path]")
    return base


def is_http_url(url: str) -> bool:
    """Whether it is http(s)://host[:port][/path], without user, query and fragment."""
    parts = urlsplit(url)
    extras = parts.username or parts.password or parts.query or parts.fragment
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not extras
