"""What the model of roles reads of a picture: measured figures on scales on which they add up."""

from __future__ import annotations

from math import log2

from imagecrawler.imaging.scene import NAMES
from imagecrawler.items import Measurements

_AS_MEASURED = (
    *("border_white", "border_match", "background", "flat", "edges", "transparent"),
    # Skies differ from one place's pictures to another's more than between the roles.
    *(name for name in NAMES if name != "sky"),
)


def readings(measured: Measurements) -> dict[str, float]:
    """By name: shares (0 to 1) as ``measure.features`` has them, and

    palette (log2 of the colours that cover 95 %), elongation (log2 of long to short side, up to
    2), all_ground (from 0 where 90 % are ground to 1 where all is), even (from 1 where L* is the
    same everywhere to 0 where it differs by 30).

    Neither the picture's size nor sharpness and coding are read: they tell sources apart, not
    roles.
    """
    features = measured.features
    long, short = max(measured.width, measured.height), min(measured.width, measured.height)
    return {
        **{name: features[name] for name in _AS_MEASURED},
        "palette": log2(features["palette"]),
        "elongation": min(2.0, log2(long / short)),
        "all_ground": max(0.0, features["background"] - 0.9) / 0.1,
        "even": max(0.0, 1 - features["contrast"] / 30),
    }
