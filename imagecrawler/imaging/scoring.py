"""The quality score: named components from 0 to 1, weighted to a total of 0 to 100.

Adding a component is one function and one line in COMPONENTS. Weights are relative.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import log, log2

from imagecrawler.imaging.box import LEAST_BOX, shown
from imagecrawler.items import ImageCandidate, Measurements

Component = Callable[[Measurements, ImageCandidate], float]

_SMALLEST, _AMPLE = 100.0, 1600.0


def resolution(measured: Measurements, _: ImageCandidate) -> float:
    """The geometric mean of the sides on a log scale: 0 at 100 px, 1 at 1600 px.

    Logarithmic because what is visible grows with the ratio of sizes; 1600 px is what large
    shops ask of a main picture that can be zoomed.
    """
    side = (measured.width * measured.height) ** 0.5
    return _unit(log2(side / _SMALLEST) / log2(_AMPLE / _SMALLEST))


def sharpness(measured: Measurements, _: ImageCandidate) -> float:
    """The blur measure of ``measure.sharpness``, stretched to the range photographs take."""
    return _unit(measured.features["sharpness"] / 0.9)


def aspect(measured: Measurements, _: ImageCandidate) -> float:
    """1 up to 16:9 either way, falling to 0 at 5:1, as banners and strips go."""
    ratio = max(measured.width, measured.height) / min(measured.width, measured.height)
    return 1 - _unit(log(ratio / 1.78) / log(5 / 1.78))


def contrast(measured: Measurements, _: ImageCandidate) -> float:
    """The spread of L* between the 2nd and the 98th percentile; 40 is enough."""
    return _unit(measured.features["contrast"] / 40)


def compression(measured: Measurements, _: ImageCandidate) -> float:
    """How much the file gave up: for JPEG by its quantization table, else by bits per pixel.

    A mean luminance step of 6 or less counts 1, of 200 or more 0: what libjpeg calls qualities
    of about 95 and 14. WebP and AVIF keep no table within reach: 3 bits a pixel count 0.9, 0.05
    count 0.5. PNG loses nothing, GIF all but 256 colours.
    """
    if measured.format in _FIXED_COMPRESSION:
        return _FIXED_COMPRESSION[measured.format]
    if measured.format == "jpeg":
        return 1 - _unit(log(max(measured.features["quantizer"], 1.0) / 6) / log(200 / 6))
    bits = max(measured.features["bits_per_pixel"], 1e-3)
    return 0.5 + 0.4 * _unit(log(bits / 0.05) / log(3 / 0.05))


_FIXED_COMPRESSION = {"png": 1.0, "gif": 0.5}


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


COMPONENTS: tuple[tuple[str, float, Component], ...] = (
    ("resolution", 30, resolution),
    ("sharpness", 20, sharpness),
    ("compression", 15, compression),
    ("contrast", 8, contrast),
    ("aspect", 7, aspect),
    ("position", 10, position),
    ("source", 10, source),
)


def score(measured: Measurements, candidate: ImageCandidate) -> tuple[float, dict[str, float]]:
    """The quality, 0 to 100, and its components, each 0 to 1."""
    breakdown = {name: function(measured, candidate) for name, _, function in COMPONENTS}
    total = sum(weight * breakdown[name] for name, weight, _ in COMPONENTS)
    return 100 * total / sum(weight for _, weight, _ in COMPONENTS), breakdown


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))
