"""Larger versions that an earlier crawl has found, so that they are not looked for again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from imagecrawler.extraction.upgrades import larger_address
from imagecrawler.items import DownloadedImage, ImageCandidate, KnownImage, Version


def known_first(
    candidates: Sequence[ImageCandidate], known: Mapping[str, KnownImage]
) -> list[ImageCandidate]:
    """With the upgrade as the best version where an earlier crawl has stored it.

    So that a page that is crawled again costs no second request for each of its pictures.
    """
    return [_known_first(each, known) for each in candidates] if known else list(candidates)


def _known_first(candidate: ImageCandidate, known: Mapping[str, KnownImage]) -> ImageCandidate:
    address = larger_address(candidate.url)
    if address is None or address not in known:
        return candidate
    others = (version for version in candidate.versions if version.url != address)
    return replace(candidate, versions=(Version(address), *others))


def is_known_upgrade(image: DownloadedImage, known: Mapping[str, KnownImage]) -> bool:
    """Whether :func:`known_first` has put this version before what the page names."""
    first, *others = image.candidate.versions
    return (
        image.url in known
        and image.url == first.url
        and bool(others)
        and larger_address(others[0].url) == image.url
    )
