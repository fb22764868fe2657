"""What the pixels say: a handful of named figures for scoring and for telling roles apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from imagecrawler.imaging.artefacts import lettering, noise, quantum
from imagecrawler.imaging.colour import Lab, lab
from imagecrawler.imaging.decode import Decoded
from imagecrawler.imaging.detail import detail
from imagecrawler.imaging.ground import Ground, ground_of
from imagecrawler.imaging.scene import scene
from imagecrawler.imaging.strips import strips
from imagecrawler.imaging.tone import tones

Floats = npt.NDArray[np.float32]

_SMALL_SIDE = 128

_EDGE = 12.0


def features(decoded: Decoded) -> dict[str, float]:
    """All figures of a picture, by name.

    border_white (share of the border that is studio white), border_match (share of the border
    in the border's median colour), background (share of the picture in that colour), palette
    (colours of 4 bits a channel that cover 95 %), flat and edges (shares of what is not
    background), contrast (L* between the 2nd and 98th percentile), spread (L*a*b* between
    extremes), transparent, and those of ``scene``, ``tone``, ``detail`` and ``artefacts``.
    """
    small = _fitted(decoded.working, _SMALL_SIDE)
    colours = lab(small)
    ground = ground_of(colours)
    return {
        **_colour_figures(colours, ground),
        **scene(colours, ground),
        "palette": float(_palette(small)),
        **tones(np.asarray(small.reduce(2))),
        **_at_full_size(decoded),
        "transparent": decoded.transparent,
    }


def _at_full_size(decoded: Decoded) -> dict[str, float]:
    found = strips(decoded.detailed)
    grain = noise(found)
    return {
        **detail(found, grain, decoded.step),
        "noise": grain,
        "quantum": quantum(found, decoded.step),
        "lettering": lettering(found),
    }


def _fitted(picture: Image.Image, side: int) -> Image.Image:
    scale = side / max(picture.size)
    if scale >= 1:
        return picture
    width, height = (max(1, round(length * scale)) for length in picture.size)
    return picture.resize((width, height), Image.Resampling.BOX)


def _colour_figures(colours: Lab, ground: Ground) -> dict[str, float]:
    low, high = np.percentile(colours[..., 0], [2, 98])
    return {
        "border_white": float(_white(np.concatenate(ground.sides)).mean()),
        "border_match": float(np.concatenate(ground.matches).mean()),
        "background": float(1 - ground.foreground.mean()),
        "contrast": float(high - low),
        "spread": max(float(np.ptp(colours[..., channel])) for channel in range(3)),
        **_texture(colours[..., 0], ground.foreground),
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
