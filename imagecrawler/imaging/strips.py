"""Narrow strips across and down a picture: its detail at full size for an eighth of the pixels."""

from __future__ import annotations

from functools import lru_cache

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
    luma = np.asarray(picture.convert("L"))
    height, width = luma.shape
    count = round(_COUNT * max(1.0, _LARGE / max(width, height)))
    across = luma[_lines(height, count)].reshape(-1, DEPTH, width)
    down = luma[:, _lines(width, count)].T.reshape(-1, DEPTH, height)
    return across, down


@lru_cache(maxsize=256)
def _lines(length: int, most: int) -> npt.NDArray[np.intp]:
    """The rows, or columns, of all strips one after the other."""
    count = min(most, length // DEPTH)
    starts = np.linspace(0, length - DEPTH, count).astype(np.intp) // DEPTH * DEPTH
    return (starts[:, None] + np.arange(DEPTH)).ravel()
