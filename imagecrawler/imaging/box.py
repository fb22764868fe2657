"""The box that a picture takes on the page."""

from __future__ import annotations

from imagecrawler.items import ImageCandidate, Measurements, Rect

LEAST_BOX = 32.0
"""CSS pixels; below that, a side is that of an icon, or of a line of alternative text."""


def shown(measured: Measurements, candidate: ImageCandidate) -> Rect | None:
    """The candidate's box with the height it takes once loaded; None without a plausible one.

    A picture as wide as its column and as high as it happens to be has no height in a browser that
    does not load it.
    """
    rect = candidate.rect
    if rect is None or rect.width < LEAST_BOX or rect.y + rect.height <= 0:
        return None
    if rect.height >= LEAST_BOX:
        return rect
    return Rect(rect.x, rect.y, rect.width, rect.width * measured.height / measured.width)
