"""Images that the browser was given and no markup names: drawn on a canvas, made by scripts."""

from __future__ import annotations

from collections.abc import Iterator

from imagecrawler.extraction.found import Found, Guess, Weight
from imagecrawler.extraction.urls import is_placeholder, resolved
from imagecrawler.items import Element, PageSnapshot

#: Of them, advertisements and all.
MAX_PICTURES = 100


def find(snapshot: PageSnapshot) -> Iterator[Found]:
    """One record per image. The largest canvas tells of them all, as nothing tells them apart."""
    canvases = [each for each in snapshot.elements if each.tag == "canvas" and each.visible]
    context: Element | None = max(canvases, key=lambda each: each.rect.area, default=None)
    for address in snapshot.requested[:MAX_PICTURES]:
        versions = resolved([(address, 0)], snapshot.base_url)
        if versions and not is_placeholder(versions[0].url):
            yield Found(versions, guess=Guess.SHOWN, context=context, weight=Weight.FALLBACK)
