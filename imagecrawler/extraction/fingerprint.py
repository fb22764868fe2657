"""What a page names, in one word: while it is the same, a crawl ends as the one before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import version

from imagecrawler.extraction.urls import looks_like_image
from imagecrawler.items import ImageCandidate

#: CSS pixels; a beacon's box has 1 on each side.
BEACON_SIDE = 2.0


def fingerprint(candidates: Sequence[ImageCandidate], max_images: int) -> str:
    """64 hex digits over the pictures in document order, their addresses and alternative texts.

    Of the first rendering, without images. Boxes, containers and the order of a picture's
    versions follow the layout, which jitters, and do not count; nor do beacons, whose addresses
    are new each time, and what only the network tells of, advertisements above all.
    A new release of this package looks at every page anew.
    """
    pictures = [
        [sorted({_address(each, version.url) for version in each.versions}), each.alt]
        for each in sorted(candidates, key=lambda each: each.position)
        if not _is_beacon(each) and each.sources != ("network",)
    ]
    return sha256(json.dumps([_release(), max_images, pictures]).encode()).hexdigest()


def _is_beacon(candidate: ImageCandidate) -> bool:
    box = candidate.rect
    return box is not None and 0 < max(box.width, box.height) <= BEACON_SIDE


def _address(candidate: ImageCandidate, url: str) -> str:
    """A hidden beacon has no box to know it by, and a query that is new each time."""
    is_hidden = candidate.rect is not None and not candidate.visible
    path, _, _ = url.partition("?")
    is_picture = looks_like_image(url) and not path.endswith(".gif")
    return path if is_hidden and not is_picture else url


@cache
def _release() -> str:
    return version("imagecrawler")
