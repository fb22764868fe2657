"""Narrow strips across and down a picture: its detail at full size for an eighth of the pixels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

Strips = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]

DEPTH = 8
"""A JPEG's block: strips begin on multiples of it, so that blocks lie whole within them."""

_COUNT = 16
# Pixels on the long side; the smaller the picture, the more of it has to be looked at.
_LARGE = 800


def strips(picture: Image.Image) -> Strips:
    """Luma of shape (strips, DEPTH, length) of strips across, and of strips down, lying on a side.

    They are spread evenly, so that two sizes of one picture are looked at in the same places.
    Both are empty for pictures narrower than DEPTH.
    """
    width, height = picture.size
    count = round(_COUNT * max(1.0, _LARGE / max(width, height)))
    across = [(0, y, width, y + DEPTH) for y in _starts(height, count)]
    down = [(x, 0, x + DEPTH, height) for x in _starts(width, count)]
    return (
        _stacked([_luma(picture, box) for box in across], width),
        _stacked([_luma(picture, box).T for box in down], height),
    )


def _starts(length: int, most: int) -> list[int]:
    count = min(most, length // DEPTH)
    if not count:
        return []
    return [int(at) // DEPTH * DEPTH for at in np.linspace(0, length - DEPTH, count)]


def _luma(picture: Image.Image, box: tuple[int, int, int, int]) -> npt.NDArray[np.uint8]:
    return np.asarray(picture.crop(box).convert("L"))


def _stacked(found: list[npt.NDArray[np.uint8]], length: int) -> npt.NDArray[np.uint8]:
    return np.stack(found) if found else np.empty((0, DEPTH, length), np.uint8)
