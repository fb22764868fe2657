"""The hero decision: the most prominent picture and further views beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from imagecrawler.imaging.prominence import around, standing
from imagecrawler.items import (
    METADATA,
    STATED,
    ImageCandidate,
    PageSnapshot,
    Rect,
    Role,
    ScoredImage,
)

MAX_HEROES = 4
LEAST_SHARE = 0.6
"""Of the greatest prominence, that a further view must have."""

LEAST_OF_FIRST = 0.95
"""Of what place and box say for it, that the first view of a gallery must have."""

_NEAREST = 12
_PLAIN = frozenset(
    (
        *("a", "article", "button", "dd", "div", "dl", "figure", "li", "main", "ol", "p"),
        *("picture", "section", "span", "table", "tbody", "td", "tr", "ul"),
    )
)
_STATE = re.compile(r"current|active|selected|visible|clone|^is$")


def with_heroes(images: Sequence[ScoredImage], page: PageSnapshot) -> tuple[ScoredImage, ...]:
    """The same pictures with the page's main ones made heroes, one at least.

    None of them is more prominent than the best one.
    """
    if not images:
        return ()
    best = _first_of_its_views(images, page)
    ordered = sorted(images, key=lambda image: -image.prominence)
    least = LEAST_SHARE * ordered[0].prominence
    views = [
        image
        for image in ordered
        if image is not best and image.prominence >= least and _is_view(image, best)
    ]
    heroes = {id(image): image.prominence for image in views[: MAX_HEROES - 1]}
    heroes[id(best)] = ordered[0].prominence
    return tuple(
        replace(image, role=Role.HERO, prominence=heroes[id(image)])
        if id(image) in heroes
        else image
        for image in images
    )


def _first_of_its_views(images: Sequence[ScoredImage], page: PageSnapshot) -> ScoredImage:
    """The most prominent picture, or the first of its gallery where that is shown as well.

    Slides are alike in all but their order, and shops begin with the main one: what Open Graph or
    an alternative text says of another view of it does not change that. What the page states of
    its product does, as it may be the only sign of the colour that is for sale.
    """
    most = max(images, key=lambda image: image.prominence)
    slides = [image for image in images if image is most or _may_lead(image, most)]
    # the one on display, not those that wait beside the window, clones of the last among them
    values = [standing(image.measured, image.image.candidate, page) for image in slides]
    least = LEAST_OF_FIRST * max(values)
    alike = [image for image, value in zip(slides, values, strict=True) if value >= least]
    return min(alike, key=lambda image: image.image.candidate.order)


def _is_stated(image: ScoredImage) -> bool:
    return not STATED.isdisjoint(image.image.candidate.sources)


def _may_lead(image: ScoredImage, most: ScoredImage) -> bool:
    """Instead of the most prominent picture: a slide beside it, seen and stated as well."""
    is_seen = image.image.candidate.visible >= most.image.candidate.visible
    return is_seen and _is_stated(image) >= _is_stated(most) and _beside(image, most)


def _beside(image: ScoredImage, best: ScoredImage) -> bool:
    one, other = image.image.candidate, best.image.candidate
    return _same_gallery(one, other) and _same_size(one.rect, other.rect)


def _is_view(image: ScoredImage, best: ScoredImage) -> bool:
    one, other = image.image.candidate, best.image.candidate
    named = METADATA.intersection(one.sources) and METADATA.intersection(other.sources)
    return bool(named) or _beside(image, best)


def _same_gallery(a: ImageCandidate, b: ImageCandidate) -> bool:
    """Whether the nearest containers of each are all but all there around the other.

    Those of cards elsewhere are not. The slide on display has some words more than the others.
    """
    one, other = _telling(a), _telling(b)
    return _share(one[:_NEAREST], other) >= 0.75 <= _share(other[:_NEAREST], one)


def _telling(candidate: ImageCandidate) -> tuple[str, ...]:
    """Words of its containers that tell one place from another; all, where none does."""
    words = around(candidate)
    telling = tuple(word for word in words if word not in _PLAIN and not _STATE.search(word))
    return telling or words


def _share(nearest: tuple[str, ...], others: tuple[str, ...]) -> float:
    """Of the nearest words what is among the others near by; 0 where there are none."""
    words = set(nearest)
    return len(words.intersection(others[: 2 * _NEAREST])) / max(1, len(words))


def _same_size(a: Rect | None, b: Rect | None) -> bool:
    if a is None or b is None:
        return False
    return abs(a.width - b.width) <= 0.2 * max(a.width, b.width, 1.0)
