"""The hero decision: the most prominent picture and further views beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from imagecrawler.items import METADATA, ImageCandidate, Rect, Role, ScoredImage

MAX_HEROES = 4
LEAST_SHARE = 0.6
"""Of the best one's prominence, that a further view must have."""

LEAST_OF_FIRST = 0.95
"""Of it, that the first view of a gallery must have to be the best one."""

_NEAREST = 12


def with_heroes(images: Sequence[ScoredImage]) -> tuple[ScoredImage, ...]:
    """The same pictures with the page's main ones made heroes, one at least.

    None of them is more prominent than the best one.
    """
    if not images:
        return ()
    best = _first_of_its_views(images)
    ordered = sorted(images, key=lambda image: -image.prominence)
    views = [image for image in ordered if image is not best and _is_view(image, best)]
    heroes = {id(image): image.prominence for image in views[: MAX_HEROES - 1]}
    heroes[id(best)] = ordered[0].prominence
    return tuple(
        replace(image, role=Role.HERO, prominence=heroes[id(image)])
        if id(image) in heroes
        else image
        for image in images
    )


def _first_of_its_views(images: Sequence[ScoredImage]) -> ScoredImage:
    """The most prominent picture, or the first of its gallery where that is hardly less so.

    Slides are alike in all but their order, and shops begin with the main one.
    """
    most = max(images, key=lambda image: image.prominence)
    alike = [
        image
        for image in images
        if image.prominence >= LEAST_OF_FIRST * most.prominence and _beside(image, most)
    ]
    return min((most, *alike), key=lambda image: image.image.candidate.position)


def _beside(image: ScoredImage, best: ScoredImage) -> bool:
    one, other = image.image.candidate, best.image.candidate
    return _same_gallery(one, other) and _same_size(one.rect, other.rect)


def _is_view(image: ScoredImage, best: ScoredImage) -> bool:
    if image.prominence < LEAST_SHARE * best.prominence:
        return False
    one, other = image.image.candidate, best.image.candidate
    named = METADATA.intersection(one.sources) and METADATA.intersection(other.sources)
    return bool(named) or _beside(image, best)


def _same_gallery(a: ImageCandidate, b: ImageCandidate) -> bool:
    """Whether the nearest containers are all but the same; those of cards elsewhere are not."""
    one, other = set(a.containers[:_NEAREST]), set(b.containers[:_NEAREST])
    return bool(one) and len(one & other) >= 0.75 * len(one | other)


def _same_size(a: Rect | None, b: Rect | None) -> bool:
    if a is None or b is None:
        return False
    return abs(a.width - b.width) <= 0.2 * max(a.width, b.width, 1.0)
