"""What the pixels say: a handful of named figures for scoring and for telling roles apart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from imagecrawler.imaging.artefacts import lettering, noise, quantum
from imagecrawler.imaging.colour import Bytes, Lab, lab
from imagecrawler.imaging.decode import Decoded
from imagecrawler.imaging.detail import detail
from imagecrawler.imaging.ground import Ground, ground_of
from imagecrawler.imaging.scene import scene
from imagecrawler.imaging.strips import strips
from imagecrawler.imaging.summary import percentile, share
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
    pixels = np.asarray(small)
    colours = lab(pixels)
    ground = ground_of(colours)
    return {
        **_colour_figures(colours, ground),
        **scene(colours, ground),
        "palette": float(_palette(pixels)),
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
    lightness = np.sort(colours[..., 0], axis=None)
    return {
        "border_white": share(_white(ground.border)),
        "border_match": share(np.concatenate(ground.matches)),
        "background": 1 - share(ground.foreground),
        "contrast": percentile(lightness, 98) - percentile(lightness, 2),
        "spread": float(np.ptp(colours, axis=(0, 1)).max()),
        **_texture(colours[..., 0], ground.foreground),
    }


def _white(colours: Lab) -> npt.NDArray[np.bool_]:
    return (colours[..., 0] > 95) & (np.hypot(colours[..., 1], colours[..., 2]) < 4)


def _texture(lightness: Floats, foreground: npt.NDArray[np.bool_]) -> dict[str, float]:
    """Shares of the foreground that are flat and that are edges; a plain picture is all flat."""
    across = np.abs(np.diff(lightness, axis=1))[:-1]
    down = np.abs(np.diff(lightness, axis=0))[:, :-1]
    step, inside = np.maximum(across, down), foreground[:-1, :-1]
    number = np.count_nonzero(inside)
    if not number:
        return {"flat": 1.0, "edges": 0.0}
    flat, edges = (np.count_nonzero(where & inside) for where in (step < 0.5, step > _EDGE))
    return {"flat": flat / number, "edges": edges / number}


def _palette(pixels: Bytes) -> int:
    red, green, blue = pixels.reshape(-1, 3).T.astype(np.uint16, order="C") >> 4
    counts = np.bincount(red << 8 | green << 4 | blue)
    counts = np.sort(counts[counts > 0])[::-1]
    covered = np.cumsum(counts) / len(red)
    return int(np.searchsorted(covered, 0.95)) + 1
