"""Tries on the configured store all that crawls ask of one, and says in words what it refuses.

What crawls do not ask for is not tried either: conditional requests, deletion of many at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.request import urlopen
from uuid import UUID, uuid4

from imagecrawler.config import PREFIX, load_config
from imagecrawler.errors import StoreError, StoreRefused
from imagecrawler.jobs.doctor import Finding
from imagecrawler.storage import ObjectInfo, ObjectStore, open_store
from imagecrawler.storage.store import METADATA_LIMIT, is_http_url, metadata_size

#: A grey PNG of one pixel.
PICTURE: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636800000082008177cd72b60000000049454e44ae426082"
)
TYPE: Final = "image/png"

#: As far as the store's clock may be from ours: ``reconcile`` compares the two.
MOST_SKEW: Final = timedelta(minutes=1)
PUBLIC_SECONDS: Final = 10

_CDN: Final = f"{PREFIX}CDN_BASE_URL"


@dataclass(frozen=True, slots=True)
class _Object:
    """The object that is tried, where no campaign's are."""

    store: ObjectStore
    key: str

    async def put(self, body: bytes) -> None:
        await self.store.put(self.key, body, content_type=TYPE, metadata=_metadata())


async def examine_store() -> list[Finding]:
    """One finding for each thing that is tried; nothing stays in the store.

    Ends early where nothing can be put. Raises BadConfiguration.
    """
    store = open_store(load_config())
    tried = _Object(store, f"campaigns/{UUID(int=0)}/doctor/{uuid4()}.png")
    try:
        return await _examine(tried)
    finally:
        # once more, for those who leave in between
        with suppress(StoreError):
            await store.delete(tried.key)
        await store.close()


async def _examine(tried: _Object) -> list[Finding]:
    findings = []
    for part, right, attempt in STEPS:
        findings.append(await _try(part, right, attempt(tried)))
        if part == "put" and not findings[-1].healthy:
            break
    return findings


async def _try(part: str, right: str, attempt: Awaitable[str]) -> Finding:
    try:
        return Finding(part, True, await attempt)
    except StoreRefused as error:
        needed = f" (needed here: {right})" if right else ""
        return Finding(part, False, f"{error}{needed}")
    except StoreError as error:
        return Finding(part, False, str(error))


async def _reach(tried: _Object) -> str:
    await tried.store.check()
    return "it answers, and may be listed"


async def _put(tried: _Object) -> str:
    await tried.put(b"before")
    return f"an object with {METADATA_LIMIT} bytes of metadata"


async def _replace(tried: _Object) -> str:
    await tried.put(PICTURE)
    return "other bytes under the same key"


async def _head(tried: _Object) -> str:
    info = await tried.store.head(tried.key)
    if info is None:
        raise StoreError("the object that was put is not there")
    for wrong, what in _differences(info):
        if wrong:
            raise StoreError(what)
    return "size, type, metadata and time are as they should be"


def _differences(info: ObjectInfo) -> tuple[tuple[bool, str], ...]:
    skew = info.modified - datetime.now(UTC)
    return (
        (info.size != len(PICTURE), f"{info.size} bytes are there of {len(PICTURE)}"),
        (info.content_type != TYPE, f"it is there as {info.content_type!r}, not as {TYPE}"),
        (
            dict(info.metadata) != _metadata(),
            "its metadata were not kept as they were: no row could be rebuilt from them",
        ),
        (
            abs(skew) > MOST_SKEW,
            f"the store's clock is {skew.total_seconds():+.0f} s from this one's; set the clock",
        ),
    )


async def _get(tried: _Object) -> str:
    if await tried.store.get(tried.key) != PICTURE:
        raise StoreError("other bytes come back than were put; is there a proxy in between?")
    return "the bytes that were put last"


async def _list(tried: _Object) -> str:
    keys = [info.key async for info in tried.store.list(tried.key)]
    if keys != [tried.key]:
        raise StoreError(f"a listing by prefix has {len(keys)} objects, and not the one put")
    return "the object, by its prefix"


async def _public(tried: _Object) -> str:
    url = tried.store.url(tried.key)
    if not is_http_url(url):
        return f"not tried: files of this machine; `imagecrawler serve` or {_CDN} gives an address"
    try:
        headers, body = await asyncio.to_thread(_fetch, url)
    except HTTPError as error:
        raise StoreError(f"{url} answers {error.code}; {_remedy(error.code)}") from None
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise StoreError(f"{url} cannot be reached ({reason}); is {_CDN} right?") from None
    if body != PICTURE:
        raise StoreError(f"{url} serves something else; is {_CDN} another bucket's or a website's?")
    if (served := headers.get_content_type()) != TYPE:
        raise StoreError(f"{url} serves it as {served}; browsers want {TYPE}")
    return f"{url.removesuffix(tried.key)} serves it, {_caching(headers)}"


def _fetch(url: str) -> tuple[Message, bytes]:
    with urlopen(url, timeout=PUBLIC_SECONDS) as answer:  # noqa: S310 (is_http_url)
        return answer.headers, answer.read(len(PICTURE) + 1)


def _remedy(status: int) -> str:
    if status in (401, 403):
        return "allow the public to read the bucket"
    return f"is {_CDN} the address of this very bucket, and its public access on?"


def _caching(headers: Message) -> str:
    told = headers.get("Cache-Control", "")
    return "to be cached for ever" if "immutable" in told else f"Cache-Control: {told or 'none'}"


async def _delete(tried: _Object) -> str:
    # A purge that was cut off deletes again what is gone.
    for _ in range(2):
        await tried.store.delete(tried.key)
    if await tried.store.head(tried.key) is not None:
        raise StoreError(f"{tried.key} is there still; does a retention rule hold it?")
    return "gone, and once more without an error"


def _metadata() -> dict[str, str]:
    return {"probe": "x" * (METADATA_LIMIT - metadata_size({"probe": ""}))}


#: In this order: what is tried, the right that it takes, how. Rights are S3's; an R2 token of
#: "Object Read & Write" has them all.
STEPS: Final[tuple[tuple[str, str, Callable[[_Object], Awaitable[str]]], ...]] = (
    ("reach", "s3:ListBucket", _reach),
    ("put", "s3:PutObject", _put),
    ("replace", "s3:PutObject", _replace),
    ("head", "s3:GetObject", _head),
    ("get", "s3:GetObject", _get),
    ("list", "s3:ListBucket", _list),
    ("public", "", _public),
    ("delete", "s3:DeleteObject", _delete),
)
