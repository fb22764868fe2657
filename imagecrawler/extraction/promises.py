"""What a page promises of a picture's versions, to be held against what came."""

from __future__ import annotations

from imagecrawler.extraction.upgrades import picture_key
from imagecrawler.extraction.urls import resolve
from imagecrawler.extraction.widths import asked_width
from imagecrawler.items import Element, ImageCandidate, PageSnapshot, Version


def larger_promise(
    candidate: ImageCandidate, got: str, width: int, page: PageSnapshot
) -> str | None:
    """The version that promises the most of those that promise more than ``width`` pixels.

    ``width`` is that of the picture which came from ``got``. What stands before it was tried in
    vain, and a server that makes several sizes from one file has no more pixels than it gave for
    the largest; so neither is named. None where nothing is left.
    """
    urls = [version.url for version in candidate.versions]
    later = candidate.versions[urls.index(got) + 1 :] if got in urls else ()
    others = [each for each in later if not _is_same_file(each.url, got)]
    if not others:
        return None
    shown = shown_address(candidate, page)
    promises = {each.url: _promised(each, candidate, shown) for each in others}
    best = max(promises, key=promises.__getitem__)
    return best if promises[best] > width else None


def shown_address(candidate: ImageCandidate, page: PageSnapshot) -> str:
    """Of the versions the one that the page shows, or would if it loaded images; else empty."""
    named = {version.url for version in candidate.versions}
    for document in (page, *page.frames):
        for element in document.elements:
            if element.path == candidate.path:
                shown = _source(element, document.base_url)
                if shown in named:
                    return shown
    return ""


def _source(element: Element, base: str) -> str:
    return resolve(element.current_src or element.attributes.get("src", ""), base) or ""


def _is_same_file(one: str, other: str) -> bool:
    same_path = one.partition("?")[0] == other.partition("?")[0]
    return same_path or picture_key(one) == picture_key(other)


def _promised(version: Version, candidate: ImageCandidate, shown: str) -> float:
    """Pixels of width: what the page writes, else the address, at least the box that it fills."""
    box = candidate.rect.width if candidate.rect and version.url == shown else 0
    return max(box, version.width or asked_width(version.url))
