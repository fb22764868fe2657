"""The quality score: named components from 0 to 1, weighted to a total of 0 to 100.

Adding a component is one function and one line in PIXELS or CONTEXT. Weights are relative: large
where a fault cannot be mended (detail that is not there), small where a shopper looks past it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from imagecrawler.imaging import components
from imagecrawler.imaging.box import LEAST_BOX, shown
from imagecrawler.items import ImageCandidate, Measurements

Component = Callable[[Measurements], float]
InContext = Callable[[Measurements, ImageCandidate], float]


def position(measured: Measurements, candidate: ImageCandidate) -> float:
    """The size of the box and how early on the page it stands; 0.3 where nothing was laid out."""
    box = shown(measured, candidate)
    if box is None or box.height < LEAST_BOX:
        return 0.3
    size = _unit((box.area / (600 * 600)) ** 0.5)
    return size * (1 - 0.5 * _unit(box.y / 6000))


TRUST: Mapping[str, float] = {
    "json-ld": 1.0,
    "microdata": 1.0,
    "rdfa": 1.0,
    "open-graph": 0.9,
    "zoom-link": 0.9,
    "inline-json": 0.8,
    "data-json": 0.7,
    "picture": 0.7,
    "srcset": 0.7,
    "img": 0.6,
    "lazy": 0.6,
    "noscript": 0.6,
    "svg-image": 0.5,
    "network": 0.5,
    "poster": 0.5,
    "plugin": 0.4,
    "css-background": 0.3,
}
"""How far a rule's finds tend to be pictures of the product; unknown rules count 0.5."""


def source(_: Measurements, candidate: ImageCandidate) -> float:
    """The trust in the best of the rules that named it."""
    return max((TRUST.get(name, 0.5) for name in candidate.sources), default=0.5)


PIXELS: tuple[tuple[str, float, Component], ...] = (
    ("resolution", 41, components.resolution),
    ("sharpness", 13, components.sharpness),
    ("compression", 10, components.compression),
    ("noise", 10, components.noise),
    ("exposure", 7, components.exposure),
    ("contrast", 2.5, components.contrast),
    ("colour", 0.15, components.colour),
    ("background", 0.3, components.background),
    ("overlay", 1, components.overlay),
    ("aspect", 4, components.aspect),
)

CONTEXT: tuple[tuple[str, float, InContext], ...] = (
    ("position", 5, position),
    ("source", 5, source),
)

COMPONENTS = tuple((name, weight) for name, weight, _ in (*PIXELS, *CONTEXT))


def score(measured: Measurements, candidate: ImageCandidate) -> tuple[float, dict[str, float]]:
    """The quality, 0 to 100, and its components, each 0 to 1."""
    breakdown = {name: component(measured) for name, _, component in PIXELS}
    breakdown |= {name: component(measured, candidate) for name, _, component in CONTEXT}
    total = sum(weight * breakdown[name] for name, weight in COMPONENTS)
    return 100 * total / sum(weight for _, weight in COMPONENTS), breakdown


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))
