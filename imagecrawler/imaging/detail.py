"""How much real detail a picture holds, from the spectrum of its edges."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from imagecrawler.imaging.strips import Strips

Floats = npt.NDArray[np.float32]

# A twentieth of the picture, whatever its size: sizes of one picture have the same frequencies.
_SHARE = 20
_SHORTEST = 8
# Rows of a strip; from different halves, so that they say different things.
_ROWS = (2, 5)
# Cycles in a segment: 60 over the long side.
_FINE = 3
# 300 over the long side: finer detail is only there in some of the sizes that are looked at.
_FINEST = 15

# In logarithms a change of exposure is a constant, which has no spectrum. The offset keeps the
# coding noise of the shadows from weighing more than the edges elsewhere.
_OFFSET = 24.0
_LEVELS = np.arange(256, dtype=np.float32) + _OFFSET
_TONES = 100 * np.log(_LEVELS)
_SLOPES = np.square(100 / _LEVELS)

# A little less than all: of a grainy picture too much would leave nothing.
_TAKEN_OFF = 0.85
_CLEAR = 4
_LEAST = 1e-9
# What rounding to whole levels adds, twelfths of a squared level, for the picture and its coding.
_ROUNDING = 0.25


def detail(found: Strips, noise: float) -> dict[str, float]:
    """``cycles``: the mean frequency of the edges' energy in cycles over the picture's mean side;
    ``sharpness``: the share of that energy that is finer than a 60th of the long side.

    Edges and textures of scenes have spectra that fall with the square of the frequency (Field
    1987), so that the gradient's is flat up to where the detail ends; its centroid tells where
    that is. Enlarging a picture leaves cycles over its side as they are; blur, scaling down and
    coding only take from the upper end. White noise of standard deviation ``noise`` (grey levels)
    is taken off, so that grain is no detail.
    Frequencies from 20 to 300 cycles over the long side are looked at.
    """
    across, down = found
    side = (across.shape[2] * down.shape[2]) ** 0.5
    length = max(_SHORTEST, round(max(across.shape[2], down.shape[2]) / _SHARE))
    lines = [s[:, _ROWS].reshape(-1, s.shape[2]) for s in found if s.shape[2] >= length and len(s)]
    if not lines:
        return dict.fromkeys(("cycles", "sharpness"), 0.0)
    segments = np.concatenate([_segments(each, length) for each in lines])
    power, expected = _edge_energy(segments, noise)
    energy = np.maximum(power - expected, 0)
    total, seen = float(energy.sum()), float(power.sum())
    # Below a quarter of what is seen, what is left may be noise too.
    certain = min(1.0, _CLEAR * total / seen) if seen else 0.0
    centroid = float(energy @ np.arange(1, len(energy) + 1)) / length / max(total, _LEAST)
    return {
        "cycles": certain * side * centroid,
        "sharpness": certain * float(energy[_FINE - 1 :].sum()) / max(total, _LEAST),
    }


def _segments(lines: npt.NDArray[np.uint8], length: int) -> npt.NDArray[np.uint8]:
    whole = lines.shape[1] // length * length
    start = (lines.shape[1] - whole) // 2
    return lines[:, start : start + whole].reshape(-1, length)


def _edge_energy(segments: npt.NDArray[np.uint8], noise: float) -> tuple[Floats, Floats]:
    """The gradient's power by frequency, and what of it noise has."""
    waves, gradient = _basis(segments.shape[1])
    tones = _TONES[segments]
    parts = (tones - tones.mean(axis=1, keepdims=True)) @ waves
    power = np.square(parts).reshape(len(parts), 2, -1).sum(axis=(0, 1)) * gradient
    excess = _TAKEN_OFF * noise * noise + _ROUNDING
    expected = excess * float(_SLOPES[segments].mean()) * len(parts) * gradient
    return power, expected


@lru_cache(maxsize=128)
def _basis(length: int) -> tuple[Floats, Floats]:
    """Cosines and sines under a Hann window, of unit energy, and the gradient's gain."""
    window = np.hanning(length + 2)[1:-1]
    turns = 2 * np.pi * np.arange(1, min(_FINEST, length // 2) + 1) / length
    angles = np.outer(np.arange(length), turns)
    waves = window[:, None] * np.concatenate([np.cos(angles), np.sin(angles)], axis=1)
    scaled = waves / np.sqrt(np.square(window).sum())
    return scaled.astype(np.float32), np.square(2 * np.sin(turns / 2)).astype(np.float32)
