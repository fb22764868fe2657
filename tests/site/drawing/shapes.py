"""Outlines as (n, 2) arrays in a 1000-unit square, and their anti-aliased coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from drawing.noise import Field
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Outline = NDArray[np.float64]
Points = str | Sequence[tuple[float, float]]
"""Pairs, or as SVG writes them: ``"10,20 30,40"``."""
SUPERSAMPLING = 3


@dataclass(frozen=True)
class Patch:
    """Coverage (0 to 1) of a part of the canvas whose top left pixel is (x, y)."""

    x: int
    y: int
    cover: Field

    @property
    def where(self) -> tuple[slice, slice]:
        height, width = self.cover.shape
        return slice(self.y, self.y + height), slice(self.x, self.x + width)


def polygon(points: Points) -> Outline:
    if isinstance(points, str):
        return np.array([pair.split(",") for pair in points.split()], dtype=np.float64)
    return np.array(points, dtype=np.float64)


def curve(points: Points, *, closed: bool = True, steps: int = 16) -> Outline:
    """A Catmull-Rom curve through the points."""
    p = polygon(points)
    if closed:
        p = np.concatenate([p[-1:], p, p[:2]])
    else:
        p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    a, b, c, d = (p[i : len(p) - 3 + i, None] for i in range(4))
    line = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    line = line.reshape(-1, 2)
    return line if closed else np.concatenate([line, p[-2:-1]])


def ellipse(x: float, y: float, rx: float, ry: float, *, turn: float = 0.0) -> Outline:
    angle = np.linspace(0, 2 * np.pi, 160, endpoint=False)
    dots = np.stack([rx * np.cos(angle), ry * np.sin(angle)], axis=1)
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    return dots @ np.array([[cos, sin], [-sin, cos]]) + (x, y)


def rounded(left: float, top: float, right: float, bottom: float, radius: float) -> Outline:
    angle = np.linspace(0, np.pi / 2, 14)
    corners = ((right, bottom, 0), (left, bottom, 1), (left, top, 2), (right, top, 3))
    parts = []
    for x, y, quarter in corners:
        cx = x - radius if x == right else x + radius
        cy = y - radius if y == bottom else y + radius
        turned = angle + quarter * np.pi / 2
        parts.append(np.stack([cx + radius * np.cos(turned), cy + radius * np.sin(turned)], 1))
    return np.concatenate(parts)


def stroke(line: Outline, width: float | Sequence[float]) -> Outline:
    """A ribbon along an open line; several widths are spread evenly over it."""
    widths = np.atleast_1d(np.asarray(width, dtype=np.float64))
    half = np.interp(np.linspace(0, 1, len(line)), np.linspace(0, 1, len(widths)), widths) / 2
    tangent = np.gradient(line, axis=0)
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], 1)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    side = normal * half[:, None]
    return np.concatenate([line + side, (line - side)[::-1]])


def dashes(line: Outline, length: float, gap: float, width: float) -> list[Outline]:
    """Short ribbons along the line: stitches, zip teeth."""
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    along = np.concatenate([[0], np.cumsum(steps)])
    starts = np.arange(gap / 2, along[-1] - length, length + gap)
    ends = np.stack([starts, starts + length], 1)
    x, y = np.interp(ends, along, line[:, 0]), np.interp(ends, along, line[:, 1])
    return [stroke(np.stack([x[i], y[i]], 1), width) for i in range(len(starts))]


def mirrored(outline: Outline, x: float = 500) -> Outline:
    """The outline seen in a vertical mirror at x."""
    return outline * (-1, 1) + (2 * x, 0)


def moved(outline: Outline, dx: float, dy: float, scale: float = 1.0) -> Outline:
    return outline * scale + (dx, dy)


def turned(outline: Outline, degrees: float, x: float = 500, y: float = 500) -> Outline:
    """The outline turned clockwise around (x, y)."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return (outline - (x, y)) @ np.array([[cos, sin], [-sin, cos]]) + (x, y)


def coverage(
    outlines: Sequence[Outline],
    holes: Sequence[Outline],
    scale: float,
    margin: float,
    size: tuple[int, int],
) -> Patch | None:
    """Fill the outlines on a canvas of ``size`` (width, height); None where nothing shows."""
    dots = np.concatenate(list(outlines)) * scale
    low = np.maximum(np.floor(dots.min(0) - margin), 0).astype(int)
    high = np.minimum(np.ceil(dots.max(0) + margin), size).astype(int)
    if (high <= low).any():
        return None
    width, height = (int(side) for side in high - low)
    board = Image.new("L", (width * SUPERSAMPLING, height * SUPERSAMPLING))
    pen = ImageDraw.Draw(board)
    for group, ink in ((outlines, 255), (holes, 0)):
        for outline in group:
            pen.polygon(((outline * scale - low) * SUPERSAMPLING).ravel().tolist(), fill=ink)
    cover = np.asarray(board.reduce(SUPERSAMPLING), dtype=np.float32) / 255
    return Patch(int(low[0]), int(low[1]), cover)
