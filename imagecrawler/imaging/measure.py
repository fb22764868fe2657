"""What the pixels say: a handful of named figures for scoring and for telling roles apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from imagecrawler.imaging.colour import Lab, lab
from imagecrawler.imaging.decode import WORKING_SIDE, Decoded, to_working_side
from imagecrawler.imaging.scene import scene

Floats = npt.NDArray[np.float32]

_SMALL_SIDE = 128

# In units of L*a*b*: about what is seen as another colour side by side.
_NOTICEABLE = 6.0
_EDGE = 12.0


def features(decoded: Decoded) -> dict[str, float]:
    """All figures of a picture, by name.

    border_white (share of the border that is studio white), border_match (share of the border
    in the border's median colour), background (share of the picture in that colour), palette
    (colours of 4 bits a channel that cover 95 %), flat and edges (shares of what is not
    background), unchanged (share of pixels equal to their left neighbour), contrast (L* between
    the 2nd and 98th percentile), spread (L*a*b* between extremes), sharpness (0 to 1),
    transparent, quantizer, bits_per_pixel (of the file).
    """
    small = _fitted(decoded.working, _SMALL_SIDE)
    colours = lab(small)
    return {
        **_colour_figures(colours),
        **scene(colours),
        "palette": float(_palette(small)),
        "unchanged": _unchanged(np.asarray(decoded.grey)),
        "sharpness": sharpness(decoded.grey),
        "transparent": decoded.transparent,
        "quantizer": decoded.quantizer,
        "bits_per_pixel": 8 * decoded.bytes / (decoded.width * decoded.height),
    }


def _fitted(picture: Image.Image, side: int) -> Image.Image:
    scale = side / max(picture.size)
    if scale >= 1:
        return picture
    width, height = (max(1, round(length * scale)) for length in picture.size)
    return picture.resize((width, height), Image.Resampling.BOX)


def _colour_figures(colours: Lab) -> dict[str, float]:
    ring = np.concatenate([colours[0], colours[-1], colours[:, 0], colours[:, -1]])
    border = np.median(ring, axis=0)
    off_border = np.linalg.norm(ring - border, axis=1)
    foreground = np.linalg.norm(colours - border, axis=2) >= _NOTICEABLE
    low, high = np.percentile(colours[..., 0], [2, 98])
    return {
        "border_white": float(_white(ring).mean()),
        "border_match": float((off_border < _NOTICEABLE).mean()),
        "background": float(1 - foreground.mean()),
        "contrast": float(high - low),
        "spread": max(float(np.ptp(colours[..., channel])) for channel in range(3)),
        **_texture(colours[..., 0], foreground),
    }


def _white(colours: Lab) -> npt.NDArray[np.bool_]:
    return (colours[..., 0] > 95) & (np.hypot(colours[..., 1], colours[..., 2]) < 4)


def _texture(lightness: Floats, foreground: npt.NDArray[np.bool_]) -> dict[str, float]:
    """Shares of the foreground that are flat and that are edges; a plain picture is all flat."""
    across = np.abs(np.diff(lightness, axis=1))[:-1]
    down = np.abs(np.diff(lightness, axis=0))[:, :-1]
    step = np.maximum(across, down)[foreground[:-1, :-1]]
    if not step.size:
        return {"flat": 1.0, "edges": 0.0}
    return {"flat": float((step < 0.5).mean()), "edges": float((step > _EDGE).mean())}


def _palette(picture: Image.Image) -> int:
    levels = np.asarray(picture).astype(np.int32) >> 4
    codes = levels[..., 0] << 8 | levels[..., 1] << 4 | levels[..., 2]
    counts = np.sort(np.bincount(codes.ravel()))[::-1]
    covered = np.cumsum(counts) / codes.size
    return int(np.searchsorted(covered, 0.95)) + 1


def _unchanged(grey: npt.NDArray[np.uint8]) -> float:
    return float((grey[:, 1:] == grey[:, :-1]).mean()) if grey.shape[1] > 1 else 1.0


def sharpness(grey: Image.Image) -> float:
    """How much of the edges' energy a blur of fixed size takes away, 0 (blurred) to 1.

    The no-reference blur measure of Crete et al. 2007, with energies in place of sums so that
    strong edges decide and noise on plain grounds does not. It is taken at WORKING_SIDE after
    enlarging smaller pictures to it: detail counts per picture, not per pixel, and a picture
    that was scaled down cannot come out sharper.
    """
    enlarged = to_working_side(grey) if max(grey.size) < WORKING_SIDE else grey
    values = np.asarray(enlarged, dtype=np.float32)
    return max(_lost_to_blur(values), _lost_to_blur(values.T))


def _lost_to_blur(values: Floats) -> float:
    """Along the second axis: the share of the differences' energy that a 5-pixel box takes.

    A floor of 2 squared grey levels keeps coding noise from counting as detail in soft pictures.
    """
    if values.shape[1] < 8:
        return 0.0
    before = float(np.square(values[:, 1:] - values[:, :-1]).mean())
    # the box moves on by one pixel: another comes in, one falls out
    after = float(np.square(values[:, 6:] - values[:, 1:-5]).mean()) / 25
    return max(0.0, before - after) / (before + 2)
