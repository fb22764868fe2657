"""What cameras, encoders and shops add to a picture: noise, JPEG's steps, lettering."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from imagecrawler.imaging.strips import DEPTH, Strips

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.floating[Any]]
Mask = npt.NDArray[np.bool_]

STEPS = np.arange(4, 65, dtype=np.float32)

# Coefficients are counted in halves of a unit up to here.
_LARGEST = 512
_FEWEST = 60
_CERTAIN = 0.6

# Outside of it noise is clipped, and tells nothing.
_DARKEST, _BRIGHTEST = 12, 243
_QUIET = 20


def noise(found: Strips) -> float:
    """The standard deviation of white noise in grey levels, where the picture is quietest.

    The diagonal Haar wavelet sees little but noise (Donoho and Johnstone 1994); of blocks of
    8 x 8 the fifth that is quietest decides, which textures and edges do not reach.
    """
    energies = np.concatenate([_diagonal_energy(each) for each in found])
    return float(np.percentile(energies, _QUIET)) ** 0.5 if energies.size else 0.0


def _diagonal_energy(strip: Bytes) -> Floats:
    """Mean square of the diagonal coefficients by block, of blocks that are not clipped."""
    blocks = _blocks(strip)
    rows = blocks[:, :, 0::2] - blocks[:, :, 1::2]
    diagonal = (rows[:, 0::2] - rows[:, 1::2]) / 2
    mean = blocks.mean(axis=(1, 2))
    usable = (mean > _DARKEST) & (mean < _BRIGHTEST)
    quiet: Floats = np.square(diagonal[usable]).mean(axis=(1, 2))
    return quiet


def _blocks(strip: Bytes, side: int = DEPTH) -> Floats:
    """Of shape (blocks, side, side)."""
    rows, columns = len(strip) * DEPTH // side, strip.shape[2] // side
    cut = strip[:, :, : columns * side].astype(np.float32)
    blocks = cut.reshape(rows, side, columns, side).swapaxes(1, 2)
    return blocks.reshape(rows * columns, side, side)


def quantum(found: Strips, step: int) -> float:
    """The coarsest step in which the picture's lowest DCT coefficients were once rounded, 4 to 64.

    What was a JPEG has coefficients that are multiples of its table's steps, whatever it is kept
    as now (Fan and de Queiroz 2003): its pixels tell how hard it was compressed. libjpeg's
    qualities 75, 60, 35 and 15 come out as about 6, 10, 17 and 41; 0 where no steps are seen, as
    when it was scaled since. ``step`` is that of ``Decoded``; beyond 2 nothing is left of a block.
    """
    side = DEPTH // step
    if side < 4:
        return 0.0
    blocks = np.concatenate([_blocks(each, side) for each in found])
    lowest = _lowest_waves(side) @ blocks.reshape(-1, side * side).T * step
    return max(_spacing(_counted(each)) for each in lowest)


def _counted(coefficients: Floats) -> Floats:
    halves = np.rint(2 * np.abs(coefficients)).astype(np.int64)
    return np.bincount(np.minimum(halves, _LARGEST), minlength=_LARGEST + 1).astype(np.float32)


def _spacing(counts: Floats) -> float:
    """The largest step to whose multiples the coefficients lie close that are not near 0."""
    phase, beyond = _phases()
    number = beyond @ counts
    regular = (phase @ counts) / np.maximum(number, 1)
    regular[number < _FEWEST] = 0
    best = float(regular.max())
    if best < _CERTAIN:
        return 0.0
    return float(STEPS[np.flatnonzero(regular > 0.8 * best)[-1]])


@cache
def _phases() -> tuple[Floats, Floats]:
    """By step and coefficient: the cosine of its phase, and whether it counts."""
    values = np.arange(_LARGEST + 1, dtype=np.float32) / 2
    beyond = (values > STEPS[:, None] / 4).astype(np.float32)
    return np.cos(2 * np.pi * values / STEPS[:, None]).astype(np.float32) * beyond, beyond


@cache
def _lowest_waves(side: int) -> Floats:
    """Of the orthonormal DCT-II, of shape (3, side * side): the lowest that are not constant."""
    rows, columns = np.mgrid[0:2, 0:side]
    waves = np.cos(np.pi * (2 * columns + 1) * rows / (2 * side)) * (2 / side) ** 0.5
    waves[0] /= 2**0.5
    pairs = [np.outer(waves[row], waves[column]) for row, column in ((0, 1), (1, 0), (1, 1))]
    single: Floats = np.reshape(pairs, (3, -1)).astype(np.float32)
    return single


def lettering(found: Strips) -> float:
    """The share of the picture that text covers, 0 to 1: strokes of one tone on another, in rows.

    Text has two tones and changes between them often (the strokes' density of text detectors,
    Chen and Yuille 2004); photographs pass through all tones between. Looked at in pieces of a
    twentieth of the picture.
    """
    written = _written(found[0])
    return float(written.mean()) if written.size else 0.0


def _written(strip: Bytes) -> Mask:
    """By piece of a strip: whether text runs through it."""
    length = max(24, strip.shape[2] // 20)
    whole = strip.shape[2] // length * length
    pieces = strip[:, DEPTH // 2, :whole].reshape(-1, length).astype(np.float32)
    if not pieces.size:
        return np.zeros(0, np.bool_)
    low = pieces.min(axis=1, keepdims=True)
    contrast = np.ptp(pieces, axis=1)
    relative = (pieces - low) / np.maximum(contrast, 1)[:, None]
    two_toned = ((relative < 0.15) | (relative > 0.85)).mean(axis=1) > 0.75
    changes = np.diff(relative > 0.5, axis=1).sum(axis=1)
    written: Mask = two_toned & (changes >= 6) & (contrast > 60)
    return written
