"""What cameras, encoders and shops add to a picture: noise, JPEG's steps, lettering."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from imagecrawler.imaging.strips import DEPTH, Strips
from imagecrawler.imaging.summary import percentile

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
_DARKEST, _BRIGHTEST = 12, 0.9
_QUIET = 20


def noise(found: Strips) -> float:
    """The standard deviation of white noise in grey levels, where the picture is quietest.

    The diagonal Haar wavelet sees little but noise (Donoho and Johnstone 1994); of blocks of
    8 x 8 the fifth that is quietest decides, which textures and edges do not reach.
    """
    lightest = max((int(each.max()) for each in found if each.size), default=0)
    blocks = [_diagonal_energy(each, _BRIGHTEST * lightest) for each in found]
    energies = np.sort(np.concatenate(blocks))
    return (percentile(energies, _QUIET) / DEPTH**2) ** 0.5 if energies.size else 0.0


def _diagonal_energy(strip: Bytes, brightest: float) -> npt.NDArray[np.int32]:
    """Sum of the diagonal coefficients' squares by block, of blocks that are not clipped."""
    levels = strip[:, :, : strip.shape[2] // DEPTH * DEPTH].astype(np.int16)
    down = levels[:, 0::2] - levels[:, 1::2]
    doubled = down[:, :, 0::2] - down[:, :, 1::2]
    squares = np.square(doubled, dtype=np.int32).sum(axis=1, dtype=np.int32)
    light = _summed(levels.sum(axis=1, dtype=np.int16), DEPTH)
    usable = (light > _DARKEST * DEPTH**2) & (light < brightest * DEPTH**2)
    quiet: npt.NDArray[np.int32] = _summed(squares, DEPTH // 2)[usable]
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
    lowest = np.concatenate([_lowest(each, side) for each in found], axis=1) * step
    return max(map(_spacing, _counted(lowest)))


def _lowest(strip: Bytes, side: int) -> Floats:
    """Of blocks of ``side`` x ``side`` the three lowest coefficients but the mean, a row each."""
    rows, columns = len(strip) * DEPTH // side, strip.shape[2] // side
    blocks = strip[:, :, : columns * side].reshape(rows, side, columns, side)
    pixels = blocks.transpose(1, 3, 0, 2).reshape(side * side, rows * columns)
    lowest: Floats = _waves(side) @ pixels.astype(np.float32)
    return lowest


def _counted(coefficients: Floats) -> list[Floats]:
    """How often each half of a unit occurs, by row."""
    halves = np.minimum(np.rint(2 * np.abs(coefficients)), _LARGEST).astype(np.intp)
    return [np.bincount(row, minlength=_LARGEST + 1).astype(np.float32) for row in halves]


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
def _waves(side: int) -> Floats:
    """The orthonormal DCT-II at (0, 1), (1, 0) and (1, 1), a row each, of the pixels of a block."""
    level = np.full(side, side**-0.5)
    tilted = np.cos(np.pi * (2 * np.arange(side) + 1) / (2 * side)) * (2 / side) ** 0.5
    pairs = ((level, tilted), (tilted, level), (tilted, tilted))
    return np.stack([np.outer(*pair).ravel() for pair in pairs]).astype(np.float32)


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
    # pieces side by side: one after the other their figures take several times as long
    pieces = strip[:, DEPTH // 2, :whole].reshape(-1, length).T.astype(np.float32, order="C")
    if not pieces.size:
        return np.zeros(0, np.bool_)
    low = pieces.min(axis=0)
    contrast = pieces.max(axis=0) - low
    relative = (pieces - low) / np.maximum(contrast, 1)
    two_toned = _number((relative < 0.15) | (relative > 0.85)) / length > 0.75
    light = relative > 0.5
    changes = _number(light[1:] != light[:-1])
    written: Mask = two_toned & (changes >= 6) & (contrast > 60)
    return written


def _number(mask: Mask) -> npt.NDArray[np.uint16]:
    counted: npt.NDArray[np.uint16] = mask.view(np.uint8).sum(axis=0, dtype=np.uint16)
    return counted
