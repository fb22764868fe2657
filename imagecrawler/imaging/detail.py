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
# Side by side and within a block of JPEG's: what they have in common is no noise.
_ROWS = (2, 3)
# Cycles in a segment: 60 over the long side.
_FINE = 3
# 240 over the long side: finer detail is only there in some of the sizes that are looked at.
_FINEST = 12

# A little less than all: what the two rows have in common bounds it besides.
_TAKEN_OFF = 0.85
# Never more than three times the deviation: coding hides that much of grain where it is quiet,
# and thin lines have little in common between rows and are no grain.
_AT_MOST = 9.0
# What rounding to whole levels adds, twelfths of a squared level, for the picture and its coding.
_ROUNDING = 0.25
# Edges run at any angle, so that rows have the less in common the finer the waves: measured on
# textures of shop photographs, 1 / (1 + 2.5 times the cycles a pixel).
_SLANT = 2.5
_CLEAR = 4
_LEAST = 1e-9
# Of the gradient's energy: what is below the roll-off. Sharp photographs have it at 0.25 to 0.43
# cycles a pixel, enlarged 1.4 times at 0.14 to 0.29.
_BULK = 0.8
_UNSEEN = 0.5
# Pixels: the basis for all frequencies of a longer segment would take too much memory.
_LONGEST = 128


def detail(found: Strips, noise: float, step: int = 1) -> dict[str, float]:
    """``cycles``: the mean frequency of the edges' energy in cycles over the picture's mean side;
    ``sharpness``: the share of that energy that is finer than a 60th of the long side; ``reach``:
    the frequency below which four fifths of it lie (the spectral roll-off), in cycles a pixel.

    Edges and textures of scenes have spectra that fall with the square of the frequency (Field
    1987), so that the gradient's is flat up to where the detail ends; its centroid tells where
    that is. Enlarging a picture leaves cycles over its side as they are; blur, scaling down and
    coding only take from the upper end; exposure is a factor, which a centroid does not see.
    Grain is no detail: white noise of standard deviation ``noise`` (grey levels) is taken off,
    and nothing counts that neighbouring rows do not share. ``step`` is that of ``Decoded``.
    Frequencies from 20 to 240 cycles over the long side are looked at, for ``reach`` all up to
    half a cycle a pixel: it tells enlargements, whose pixels hold nothing that fine. Where pixels
    are means, or segments very long, it is not looked for, and is 0.5; of no detail it is 0.
    """
    across, down = found
    side = (across.shape[2] * down.shape[2]) ** 0.5
    length = max(_SHORTEST, round(max(across.shape[2], down.shape[2]) / _SHARE))
    lines = [_segments(each, length) for each in found if each.shape[2] >= length and len(each)]
    if not lines:
        return dict.fromkeys(("cycles", "sharpness", "reach"), 0.0)
    energy, seen, whole = _edge_energy(np.concatenate(lines, axis=1), noise, step)
    total = float(energy.sum())
    # Below a quarter of what is seen, what is left may be noise too.
    certain = min(1.0, _CLEAR * total / max(seen, _LEAST))
    centroid = float(energy @ np.arange(1, len(energy) + 1)) / length / max(total, _LEAST)
    return {
        "cycles": certain * side * centroid,
        "sharpness": certain * float(energy[_FINE - 1 :].sum()) / max(total, _LEAST),
        "reach": _rolloff(whole) / length if _shows_reach(length, step) else _UNSEEN,
    }


def _segments(strips: npt.NDArray[np.uint8], length: int) -> npt.NDArray[np.uint8]:
    """Of shape (rows, segments, length)."""
    whole = strips.shape[2] // length * length
    start = (strips.shape[2] - whole) // 2
    rows = strips[:, _ROWS, start : start + whole].swapaxes(0, 1)
    return rows.reshape(len(_ROWS), -1, length)


def _shows_reach(length: int, step: int) -> bool:
    return step == 1 and length <= _LONGEST


def _rolloff(energy: Floats) -> float:
    """In cycles over a segment, between whole ones as the energy rises there."""
    sums = np.concatenate([[0], np.cumsum(energy)])
    if sums[-1] < _LEAST:
        return 0.0
    return float(np.interp(_BULK * sums[-1], sums, np.arange(len(sums))))


def _edge_energy(
    segments: npt.NDArray[np.uint8], noise: float, step: int
) -> tuple[Floats, float, Floats]:
    """The gradient's energy by frequency without noise's, as far as rows share it; all of it
    together with that; and, up to the finest frequency, what they need not share.
    """
    waves, gradient, common = _basis(segments.shape[2], step)
    parts = _centred(segments) @ waves
    power = _folded(np.einsum("ijk,ijk->k", parts, parts)) / len(parts)
    shared = _folded(np.einsum("jk,jk->k", *parts)) / common
    number = segments.shape[1]
    expected = (_TAKEN_OFF * noise * noise + _ROUNDING) * number
    least = power - _AT_MOST * (noise * noise + 1) * number
    quiet = power - expected
    energy = np.minimum(quiet, np.maximum(shared, least))[:_FINEST]
    coarse = gradient[:_FINEST]
    return (
        np.maximum(energy, 0) * coarse,
        float(power[:_FINEST] @ coarse),
        np.maximum(quiet, 0) * gradient,
    )


def _centred(segments: npt.NDArray[np.uint8]) -> Floats:
    levels = segments.astype(np.float32)
    length = levels.shape[2]
    # as their mean, without its cost for so short a line
    levels -= (levels @ np.ones((length, 1), np.float32)) / length
    return levels


def _folded(by_wave: Floats) -> Floats:
    """Cosines' and sines' together."""
    both: Floats = by_wave.reshape(2, -1).sum(axis=0)
    return both


@lru_cache(maxsize=128)
def _basis(length: int, step: int) -> tuple[Floats, Floats, Floats]:
    """By frequency: cosines and sines under a Hann window, of unit energy; the gradient's gain,
    what the means of ``step`` pixels have lost made good; what neighbouring rows share.
    """
    window = np.hanning(length + 2)[1:-1]
    finest = length // 2 if _shows_reach(length, step) else min(_FINEST, length // 2)
    turns = np.arange(1, finest + 1) / length
    angles = 2 * np.pi * np.outer(np.arange(length), turns)
    waves = window[:, None] * np.concatenate([np.cos(angles), np.sin(angles)], axis=1)
    scaled = waves / np.sqrt(np.square(window).sum())
    kept = np.sin(np.pi * turns) / (step * np.sin(np.pi * turns / step))
    gradient = np.square(2 * np.pi * turns / kept)
    common = 1 / (1 + _SLANT * turns)
    return scaled.astype(np.float32), gradient.astype(np.float32), common.astype(np.float32)
