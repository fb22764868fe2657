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

# Outside of it noise is clipped, and tells nothing: grey levels, and of the picture's lightest, so
# that a studio's white ground does not begin to speak when it is darkened.
_DARKEST, _BRIGHTEST = 12, 0.95
_QUIET = 20


def noise(found: Strips) -> float:
    """The standard deviation of white noise in grey levels, where the picture is quietest.

    The diagonal Haar wavelet sees little but noise (Donoho and Johnstone 1994); of blocks of
    8 x 8 the fifth that is quietest decides, which textures and edges do not reach.
    """
    lightest = max((int(each.max()) for each in found if each.size), default=0)
    energies = np.concatenate([_diagonal_energy(each, _BRIGHTEST * lightest) for each in found])
    return float(np.percentile(energies, _QUIET)) ** 0.5 if energies.size else 0.0


def _diagonal_energy(strip: Bytes, brightest: float) -> Floats:
    """Mean square of the diagonal coefficients by block, of blocks that are not clipped."""
    levels = strip[:, :, : strip.shape[2] // DEPTH * DEPTH].astype(np.int16)
    across = levels[:, :, 0::2] - levels[:, :, 1::2]
    doubled = across[:, 0::2] - across[:, 1::2]
    squares = np.square(doubled, dtype=np.int32).sum(axis=1)
    mean = _summed(levels.sum(axis=1, dtype=np.int32), DEPTH) / DEPTH**2
    usable = (mean > _DARKEST) & (mean < brightest)
    quiet: Floats = _summed(squares, DEPTH // 2)[usable] / np.float32(DEPTH**2)
    return quiet


def _summed(lines: npt.NDArray[Any], length: int) -> npt.NDArray[Any]:
    """Each ``length`` neighbours, a power of two: a reduction of so few is slow."""
    while length > 1:
        lines = lines[:, 0::2] + lines[:, 1::2]
        length //= 2
    return lines


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
    lowest = np.concatenate([_lowest(each, side) for each in found]) * step
    pairs = ((0, 1), (1, 0), (1, 1))
    return max(_spacing(_counted(lowest[:, down, across])) for down, across in pairs)


def _lowest(strip: Bytes, side: int) -> Floats:
    """By block of ``side`` x ``side`` its lowest 2 x 2 coefficients."""
    waves = _cosines(side)[:2]
    columns = strip.shape[2] // side
    whole = strip[:, :, : columns * side].astype(np.float32)
    bands = waves @ whole.reshape(len(strip) * DEPTH // side, side, columns * side)
    products = bands.reshape(bands.size // side, side) @ waves.T
    both: Floats = products.reshape(len(bands), 2, columns, 2)
    return both.swapaxes(1, 2).reshape(len(bands) * columns, 2, 2)


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
def _cosines(side: int) -> Floats:
    """The orthonormal DCT-II, a row a frequency."""
    rows, columns = np.mgrid[0:side, 0:side]
    waves: Floats = np.cos(np.pi * (2 * columns + 1) * rows / (2 * side)) * (2 / side) ** 0.5
    waves[0] /= 2**0.5
    single: Floats = waves.astype(np.float32)
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
