"""What anybody would write for pictures: the widest of srcset, else src; fetched with httpx."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import httpx

VIEWPORT = {"width": 1680, "height": 1050}

#: The addresses in a document.
PICTURES = """() => [...document.images].map(image => {
  const widest = (image.srcset || '').split(/,\\s+/).map(each => each.trim().split(/\\s+/))
    .filter(each => each[1]).sort((a, b) => parseInt(b[1]) - parseInt(a[1]))[0];
  return new URL(widest ? widest[0] : image.currentSrc || image.src, document.baseURI).href;
}).filter(url => url.startsWith('http'))"""


def client(concurrency: int) -> httpx.AsyncClient:
    """As many connections for each page as a browser has for a host."""
    return httpx.AsyncClient(limits=httpx.Limits(max_connections=6 * concurrency), timeout=30)


async def fetch(over: httpx.AsyncClient, urls: Iterable[str]) -> list[str]:
    """Those that were had."""
    answers = await asyncio.gather(*map(over.get, dict.fromkeys(urls)))
    return [str(each.url) for each in answers if each.is_success]
