"""The hero decision: the most prominent picture and further views beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from imagecrawler.imaging.prominence import METADATA
from imagecrawler.items import ImageCandidate, Rect, Role, ScoredImage

MAX_HEROES = 4
LEAST_SHARE = 0.6
"""Of the best one's prominence, that a further view must have."""

_NEAREST = 12


def with_heroes(images: Sequence[ScoredImage]) -> tuple[ScoredImage, ...]:
    """The same pictures with the page's main ones made heroes, one at least."""
    if not images:
        return ()
    ordered = sorted(images, key=lambda image: -image.prominence)
    best = ordered[0]
    views = [image for image in ordered[1:] if _is_view(image, best)]
    heroes = {id(image) for image in (best, *views[: MAX_HEROES - 1])}
    return tuple(
        replace(image, role=Role.HERO) if id(image) in heroes else image for image in images
    )


def _is_view(image: ScoredImage, best: ScoredImage) -> bool:
    if image.prominence < LEAST_SHARE * best.prominence:
        return False
    one, other = image.image.candidate, best.image.candidate
    named = METADATA.intersection(one.sources) and METADATA.intersection(other.sources)
    return bool(named) or (_same_gallery(one, other) and _same_size(one.rect, other.rect))


def _same_gallery(a: ImageCandidate, b: ImageCandidate) -> bool:
    """Whether the nearest containers are all but the same; those of cards elsewhere are not."""
    one, other = set(a.containers[:_NEAREST]), set(b.containers[:_NEAREST])
    return bool(one) and len(one & other) >= 0.75 * len(one | other)


def _same_size(a: Rect | None, b: Rect | None) -> bool:
    if a is None or b is None:
        return False
    return abs(a.width - b.width) <= 0.2 * max(a.width, b.width, 1.0)
