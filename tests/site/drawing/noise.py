"""Seeded noise fields, all float32 and all made by enlarging small random grids."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field = NDArray[np.float32]
Shape = tuple[int, int]


def resized(
    field: Field, shape: Shape, method: Image.Resampling = Image.Resampling.BICUBIC
) -> Field:
    """The field at another shape (height, width)."""
    if field.shape == shape:
        return field
    picture = Image.fromarray(np.ascontiguousarray(field, dtype=np.float32))
    return np.asarray(picture.resize((shape[1], shape[0]), method), dtype=np.float32)


def smooth(shape: Shape, cell: tuple[float, float], seed: int) -> Field:
    """One octave in about -1 to 1; ``cell`` is the grain's (height, width) in pixels."""
    grid = (max(2, round(shape[0] / cell[0]) + 2), max(2, round(shape[1] / cell[1]) + 2))
    rng = np.random.default_rng(seed)
    return resized(rng.uniform(-1, 1, grid).astype(np.float32), shape)


def fractal(shape: Shape, cell: float, octaves: int, seed: int, stretch: float = 1.0) -> Field:
    """Octaves of halving size and weight, in about -1 to 1; ``stretch`` widens the grain."""
    total = np.zeros(shape, np.float32)
    for octave in range(octaves):
        size = max(cell / 2**octave, 1.0)
        total += smooth(shape, (size, size * stretch), seed + octave) * np.float32(0.5**octave)
    return total / np.float32(2 - 0.5 ** (octaves - 1))


def grain(shape: Shape, seed: int) -> Field:
    """White noise of unit deviation, for film grain."""
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


def ridge(width: int, roughness: float, octaves: int, seed: int) -> Field:
    """A line of hills: ``width`` heights in about -1 to 1."""
    total = np.zeros(width, np.float32)
    rng = np.random.default_rng(seed)
    for octave in range(octaves):
        knots = rng.uniform(-1, 1, 3 * 2**octave + 2)
        line = np.interp(np.linspace(0, len(knots) - 1, width), np.arange(len(knots)), knots)
        total += line.astype(np.float32) * np.float32(roughness**octave)
    return total / np.float32(sum(roughness**octave for octave in range(octaves)))


def blurred(field: Field, sigma: float) -> Field:
    """A Gaussian blur by three box passes, on a smaller copy where the blur allows it."""
    if sigma < 0.4:
        return field
    factor = max(1, int(sigma / 4))
    shape = (max(1, -(-field.shape[0] // factor)), max(1, -(-field.shape[1] // factor)))
    small = resized(field, shape, Image.Resampling.BOX)
    radius = max(1, round(sigma / factor))
    for axis in (0, 1):
        for _ in range(3):
            small = _box(small, radius, axis)
    return resized(small, (field.shape[0], field.shape[1]))


def _box(field: Field, radius: int, axis: int) -> Field:
    pad = [(0, 0), (0, 0)]
    pad[axis] = (radius + 1, radius)
    sums = np.cumsum(np.pad(field, pad, mode="edge"), axis=axis, dtype=np.float32)
    span = 2 * radius + 1
    upper = np.take(sums, range(span, sums.shape[axis]), axis=axis)
    lower = np.take(sums, range(sums.shape[axis] - span), axis=axis)
    return (upper - lower) / np.float32(span)
