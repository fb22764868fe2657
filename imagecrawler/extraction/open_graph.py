"""Open Graph and Twitter card images from the page's ``<meta>`` elements."""

from __future__ import annotations

from collections.abc import Iterator

from imagecrawler.extraction.found import Found, Guess
from imagecrawler.extraction.urls import resolved
from imagecrawler.items import PageSnapshot

_FURTHER = ("og:image:url", "og:image:secure_url")
_FIRST = ("og:image", "twitter:image", "twitter:image:src")


def find(snapshot: PageSnapshot) -> Iterator[Found]:
    """One record per image, with the further addresses and the width that follow it."""
    for addresses, width in _images(snapshot.meta):
        versions = resolved(((address, width) for address in addresses), snapshot.base_url)
        if versions:
            yield Found(versions, guess=Guess.METADATA)


def _images(meta: tuple[tuple[str, str], ...]) -> list[tuple[list[str], int]]:
    """Structured properties belong to the last root property before them (https://ogp.me)."""
    images: list[tuple[list[str], int]] = []
    for name, content in meta:
        match name.strip().lower():
            case key if key in _FIRST or (key in _FURTHER and not images):
                images.append(([content], 0))
            case key if key in _FURTHER:
                images[-1][0].append(content)
            case "og:image:width" if images and content.isascii() and content.isdigit():
                images[-1] = (images[-1][0], int(content[:5]))
    return images
