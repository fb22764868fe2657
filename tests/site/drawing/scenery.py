"""Pieces that several scenes are made of; scenes are linear RGB at SIZE (width, height)."""

from __future__ import annotations

import numpy as np
from drawing.materials import linear
from drawing.noise import Field, blurred, fractal
from drawing.shapes import Outline, coverage

SIZE = (1600, 1000)
Stops = tuple[tuple[float, str], ...]


def gradient(height: int, *stops: tuple[float, str]) -> Field:
    """(height, 1, 3) linear colours between (place from 0 to 1, ``#rrggbb``) stops."""
    places = [place for place, _ in stops]
    colours = np.stack([linear(colour) for _, colour in stops])
    y = np.linspace(0, 1, height)
    columns = [np.interp(y, places, colours[:, channel]) for channel in range(3)]
    return np.stack(columns, axis=1)[:, None, :].astype(np.float32)


def flat(
    scene: Field, outlines: list[Outline], tone: str, *, edge: float, shade: float = 0.0
) -> None:
    """A plain shape in pixel coordinates, blurred by ``edge``, with a soft shadow."""
    patch = coverage(outlines, (), 1.0, 4 + 4 * max(edge, shade), (scene.shape[1], scene.shape[0]))
    if patch is None:
        return
    if shade:
        scene[patch.where] *= (
            1 - 0.4 * blurred(np.roll(patch.cover, round(shade / 2), 0), shade)[..., None]
        )
    cover = blurred(patch.cover, edge)[..., None]
    scene[patch.where] = scene[patch.where] * (1 - cover) + linear(tone) * cover


def bokeh(
    scene: Field,
    box: tuple[int, int, int, int],
    count: int,
    tones: tuple[str, ...],
    strength: float,
    seed: int,
) -> None:
    """Lights out of focus: additive discs within (left, top, right, bottom)."""
    rng = np.random.default_rng(seed)
    for index in range(count):
        x, y = rng.uniform(box[0], box[2]), rng.uniform(box[1], box[3])
        radius = rng.uniform(9, 34)
        low, high = max(int(y - radius - 2), box[1]), min(int(y + radius + 2), box[3])
        left, right = max(int(x - radius - 2), box[0]), min(int(x + radius + 2), box[2])
        down, across = np.ogrid[low:high, left:right]
        off = np.hypot(across - x, down - y)
        disc = np.clip((radius - off) / 1.6, 0, 1) * (0.7 + 0.3 * (off / radius) ** 4)
        light = disc[..., None] * linear(tones[index % len(tones)]) * strength * rng.uniform(0.4, 1)
        scene[low:high, left:right] += light.astype(np.float32)


def boards(scene: Field, horizon: int, tone: str, seed: int) -> None:
    """A table top: boards running away from the viewer, below the row ``horizon``."""
    height, width = scene.shape[:2]
    down = np.arange(height - horizon, dtype=np.float32)[:, None]
    far = 420 / (down + 190)
    across = (np.arange(width, dtype=np.float32)[None, :] - width / 2) * far
    away = np.broadcast_to(far * 1500, across.shape)
    texture = fractal((1024, 2048), 26, 5, seed, stretch=0.05)
    grain = texture[away.astype(int) % 1024, (across * 1.1 + 1024).astype(int) % 2048]
    board = np.floor(across / 210)
    seam = np.exp(-((np.abs(across / 210 - np.round(across / 210)) * 210 / 3) ** 2))
    light = 0.82 + 0.5 * grain + 0.1 * np.sin(board * 12.9) - 0.55 * seam
    sheen = np.exp(-(((across + 300) / 520) ** 2)) * np.exp(-down / 170)
    scene[horizon:] = linear(tone) * light[..., None] + (sheen * 0.42)[..., None] * linear(
        "#fff1dc"
    )
    scene[horizon - 3 : horizon + 2] *= 0.55


def daylight(scene: Field, strength: float) -> None:
    """A slanting veil of light from the upper left."""
    y, x = np.mgrid[0 : scene.shape[0], 0 : scene.shape[1]].astype(np.float32)
    veil = np.exp(-np.hypot(x - 420, y - 180) / 620) * strength
    scene += veil[..., None] * linear("#fff3da")
    scene *= (1.06 - 0.34 * np.hypot((x - 760) / 1300, (y - 480) / 900) ** 2)[..., None]
