"""The rules, weighted by hand, that the learned models took the place of: a baseline."""

from __future__ import annotations

from math import log2

from imagecrawler.imaging.logistic import probability
from imagecrawler.items import Measurements


def by_rules(measured: Measurements) -> tuple[float, float, float]:
    """Probabilities of product, lifestyle and graphic by pixels alone."""
    drawn, plain = probability(_drawn(measured)), probability(_plain_ground(measured))
    return plain * (1 - drawn), (1 - plain) * (1 - drawn), drawn


def _drawn(measured: Measurements) -> float:
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


def _between(value: float, low: float, high: float) -> float:
    return min(high, max(low, value))
