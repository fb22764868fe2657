"""Pictures that are part of the page itself, in ``data:`` and ``blob:`` addresses."""

from __future__ import annotations

import logging
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import unquote_to_bytes

from playwright.async_api import Error as PlaywrightError

from imagecrawler.budget import Budget
from imagecrawler.errors import RenderFailed
from imagecrawler.rendering.world import IsolatedWorld

logger = logging.getLogger(__name__)

#: Bytes of one such picture, and how many blobs of a page are read, in how many wall seconds.
MAX_BYTES = 8 * 2**20
MAX_BLOBS = 20
BLOB_SECONDS = 3.0

#: Shorter ones are placeholders, blurred previews and icons.
LEAST_BYTES = 3_072

_TOKEN = re.compile(r"embedded:(\d+)")


def addressed(
    page: str, elements: Iterable[dict[str, Any]], data: list[str], blobs: Mapping[str, str]
) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    """The bytes by address, and the elements with these addresses in place.

    ``data`` are the ``data:`` URLs that the elements name as ``embedded:N``, ``blobs`` those
    with the contents of ``blob:`` URLs. An address is the page's with the picture's digest as
    its fragment, so that it is the same when the page is crawled again.
    """
    bodies: dict[str, bytes] = {}
    places: dict[str, str] = {}
    for name, url in [*((f"embedded:{n}", url) for n, url in enumerate(data)), *blobs.items()]:
        body = _body(url)
        places[name] = f"{page.partition('#')[0]}#image-{sha256(body).hexdigest()[:32]}"
        if LEAST_BYTES <= len(body) <= MAX_BYTES:
            bodies[places[name]] = body
        else:
            places[name] = ""
    if places:
        elements = [_placed(element, places) for element in elements]
    return bodies, list(elements)


def _placed(element: dict[str, Any], places: Mapping[str, str]) -> dict[str, Any]:
    def place(value: str) -> str:
        return places.get(value, value)

    return {
        **element,
        "current_src": place(element["current_src"]),
        "attributes": {name: place(value) for name, value in element["attributes"].items()},
        "backgrounds": [
            _TOKEN.sub(lambda match: place(match.group()), place(layer))
            for layer in element["backgrounds"]
        ],
    }


def _body(url: str) -> bytes:
    head, _, content = url.partition(",")
    raw = unquote_to_bytes(content)
    if not head.lower().endswith(";base64"):
        return raw
    try:
        return b64decode(raw)
    except NotBase64:
        return b""


def blob_addresses(elements: Iterable[Mapping[str, Any]]) -> list[str]:
    """The distinct ``blob:`` URLs that elements show."""
    named = (
        address
        for element in elements
        for address in (element["current_src"], element["attributes"].get("src", ""),
                        *element["backgrounds"])
    )  # fmt: skip
    return list(dict.fromkeys(each for each in named if each.startswith("blob:")))


async def bytes_of_blobs(
    world: IsolatedWorld, addresses: list[str], budget: Budget
) -> dict[str, str]:
    """``data:`` URLs by ``blob:`` URL, of those that can still be read."""
    if not addresses:
        return {}
    try:
        part = budget.part(BLOB_SECONDS)
        read: dict[str, str] = await world.run("blobs", part, addresses[:MAX_BLOBS], MAX_BYTES)
    except (TimeoutError, RenderFailed, PlaywrightError) as error:
        logger.warning("the page's blobs are not to be had: %s", error or "timed out")
        return {}
    return read
