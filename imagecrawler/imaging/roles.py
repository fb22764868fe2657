"""Product, lifestyle or graphic, from the pixels of one picture and the words around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import exp, log2
from urllib.parse import unquote

from imagecrawler.imaging.prominence import METADATA, bare, in_gallery
from imagecrawler.items import ImageCandidate, Measurements

_GRAPHIC_NAME = re.compile(
    r"(?<![a-z])(logos?|icons?|sprites?|badges?|payments?|flags?|banners?|button|btn|arrow|"
    r"swatch(es)?|rating|stars?|spacer|pixel|placeholder|no[-_]?image|size[-_]?(chart|guide)|"
    r"paypal|visa|mastercard|trust|seal|loader|spinner)(?![a-z])"
)
_GRAPHIC_CONTAINER = re.compile(
    r"(?<![a-z])(logo|icons?|payments?|badges?|flags?|social|swatch(es)?|rating|seal)(?![a-z])"
)
_CLOSE_UP = re.compile(r"(?<![a-z])(details?|close[-_ ]?up|macro|texture|material)(?![a-z])")


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """How likely each reading of a picture is; the three add up to 1."""

    product: float
    lifestyle: float
    graphic: float


def likelihoods(measured: Measurements, candidate: ImageCandidate) -> Likelihoods:
    """Fuse pixels and context."""
    graphic = _logistic(_drawn(measured) + _named_graphic(candidate))
    plain = _logistic(_plain_ground(measured) + _presented(candidate))
    return Likelihoods(plain * (1 - graphic), (1 - plain) * (1 - graphic), graphic)


def _drawn(measured: Measurements) -> float:
    """Log-odds that it was drawn rather than photographed.

    Drawings have few colours, areas without any grain, text (dense hard edges) and the shapes
    of banners; swatches are all ground. Weights by hand, on the cautious side: a product lost
    costs more than a logo kept.
    """
    f = measured.features
    return (
        -4.0
        + 0.9 * _between(log2(16 / f["palette"]), 0, 3)
        + 12.0 * _between(f["unchanged"] - 0.8, 0, 0.2)
        + 7.0 * _between(f["flat"] - 0.45, 0, 0.4)
        + 1.5 * (f["edges"] > 0.3 and f["palette"] < 60)
        + 3.5 * (f["edges"] > 0.45)
        + 4.5 * (f["background"] > 0.96)
        + 1.0 * (f["transparent"] > 0.3)
        + 0.7 * (f["border_match"] > 0.99)
        + 1.5 * _between(log2(_elongation(measured) / 2), 0, 2)
        + 1.0 * (min(measured.width, measured.height) < 160)
    )


def _plain_ground(measured: Measurements) -> float:
    """Log-odds that the item stands on a plain or studio ground.

    Studio white at the border is telling even of close-ups, where the item leaves little of it.
    """
    f = measured.features
    return (
        -1.8
        + 12.0 * f["border_white"]
        + 12.0 * max(0.0, f["border_match"] - 0.6)
        - 6.0 * f["edges"]
        + 0.8 * _between(log2(60 / f["palette"]), -1, 1)
        - 1.0 * (_elongation(measured) > 2)
    )


def _elongation(measured: Measurements) -> float:
    return max(measured.width, measured.height) / min(measured.width, measured.height)


def _presented(candidate: ImageCandidate) -> float:
    """Log-odds that gallery, metadata and names add: a close-up leaves no ground to be seen."""
    named = {"json-ld", "microdata"}.intersection(candidate.sources)
    odds = 1.2 * (bool(named) or in_gallery(candidate))
    return odds + 3.0 * bool(_CLOSE_UP.search(f"{_file_name(candidate)} {candidate.alt}".lower()))


def _named_graphic(candidate: ImageCandidate) -> float:
    """Log-odds that names and places add to its being a graphic."""
    odds = 2.0 * bool(_GRAPHIC_NAME.search(_file_name(candidate)))
    odds += 1.0 * bool(_GRAPHIC_NAME.search(candidate.alt.lower()))
    odds += 1.5 * any(_GRAPHIC_CONTAINER.search(word) for word in candidate.containers)
    return odds - 2.5 * bool(METADATA.intersection(candidate.sources))


def _file_name(candidate: ImageCandidate) -> str:
    return unquote(bare(candidate.url)).rsplit("/", 1)[-1].lower()


def _between(value: float, low: float, high: float) -> float:
    return min(high, max(low, value))


def _logistic(odds: float) -> float:
    return 1 / (1 + exp(-_between(odds, -30, 30)))
