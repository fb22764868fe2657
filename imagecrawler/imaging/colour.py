"""sRGB to CIE L*a*b*, in which distances are about as large as people find them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

Bytes = npt.NDArray[np.uint8]
Lab = npt.NDArray[np.float32]

# IEC 61966-2-1, already divided by the D65 white so that white is (1, 1, 1).
_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ],
    dtype=np.float32,
) / np.array([[0.95047], [1.0], [1.08883]], dtype=np.float32)

_SCALES = np.array([[116], [500], [200]], dtype=np.float32)

_levels = np.arange(256) / 255
_LINEAR = np.where(_levels <= 0.04045, _levels / 12.92, ((_levels + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)


def lab(picture: Image.Image | Bytes) -> Lab:
    """An RGB picture, or its pixels, as float32 of shape (height, width, 3); L* is 0 to 100.

    In memory each channel is a plane of its own, for they are looked at one by one.
    """
    pixels = np.asarray(picture)
    xyz = _TO_XYZ @ _LINEAR.take(pixels.reshape(-1, 3).T)
    f = np.cbrt(xyz)
    dark = xyz <= 216 / 24389
    if dark.any():
        f[dark] = (24389 / 27 * xyz[dark] + 16) / 116
    planes = np.stack([f[1], f[0] - f[1], f[1] - f[2]]) * _SCALES
    planes[0] -= 16
    return np.moveaxis(planes.reshape(3, *pixels.shape[:2]), 0, -1)
