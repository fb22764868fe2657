"""A city street at dusk after rain, with people walking."""

from __future__ import annotations

import numpy as np
from drawing.materials import linear
from drawing.noise import Field, blurred, fractal, smooth
from drawing.people import hiker
from drawing.scenery import SIZE, bokeh, gradient
from drawing.shapes import coverage, polygon
from drawing.studio import developed
from PIL import Image

VANISH = (800, 520)


def street_at_dusk() -> Image.Image:
    width, height = SIZE
    scene = np.empty((height, width, 3), np.float32)
    scene[:] = gradient(
        height,
        (0, "#1d2a4d"),
        (0.3, "#4d4b7c"),
        (0.46, "#c9788a"),
        (0.54, "#f5b07c"),
        (1, "#33303c"),
    )
    scene *= (1 + 0.16 * fractal((height, width), 200, 5, 4, stretch=2.5))[..., None]
    for side in (-1, 1):
        for near in range(5):
            _house(scene, side, near)
    bokeh(
        scene, (560, 420, 1040, 560), 60, ("#ffb057", "#ffd9a0", "#ff6b4a", "#9fd0ff"), 0.5, seed=3
    )
    _wet_road(scene)
    bokeh(scene, (0, 260, 1600, 620), 34, ("#ffcf8a", "#ff8a5c", "#a8c8ff"), 0.28, seed=5)
    for x, base, tall, facing in (
        (700, 628, 120, 1),
        (905, 640, 130, -1),
        (965, 636, 124, -1),
        (610, 720, 210, 1),
    ):
        hiker(
            scene,
            x,
            base,
            tall,
            facing=facing,
            colour="#17161f",
            rim="#c98a62",
            sun=1 if x < 800 else -1,
            pack=x == 610,
        )
    hiker(scene, 1080, 930, 560, facing=-1, colour="#1a1922", rim="#e8a067")
    return developed(scene, 10, noise=0.017, exposure=1.25)


def _house(scene: Field, side: int, near: int) -> None:
    """One front in perspective; 0 is the farthest, 4 the nearest."""
    far, close = (60 * 1.72**near + 40, 60 * 1.72 ** (near + 1) + 40)
    lift = (1.55, 1.25, 1.7, 1.2, 1.45)[near] + 0.1 * side
    corners = [
        (VANISH[0] + side * reach, VANISH[1] + rise * reach)
        for reach, rise in ((far, -lift), (close, -lift), (close, 0.34), (far, 0.34))
    ]
    patch = coverage([polygon(corners)], (), 1.0, 1, (scene.shape[1], scene.shape[0]))
    if patch is None:
        return
    y, x = np.mgrid[patch.where].astype(np.float32)
    depth = np.maximum(np.abs(x - VANISH[0]), 1)
    level, along = (VANISH[1] - y) / depth, np.log(depth / 60) * 9
    haze = 0.6 * (1 - near / 4.6)
    wall = linear(("#4a4258", "#3a3850", "#453a48", "#30303f", "#2b2935")[near])
    body = (
        wall * (0.75 + 0.4 * np.clip(level, 0, 1))[..., None] * (1 - haze)
        + linear("#c98a86") * haze
    )
    body = body + _windows(level, along, near + (10 if side > 0 else 0)) * (1 - 0.6 * haze)
    cover = patch.cover[..., None]
    scene[patch.where] = scene[patch.where] * (1 - cover) + body.astype(np.float32) * cover


def _windows(level: Field, along: Field, seed: int) -> Field:
    """Lit panes in a grid, warm or cool, and shop fronts at the level of the street."""
    storey, bay = np.floor(level * 5.2), np.floor(along * 1.15)
    pane = (np.abs(level * 5.2 - storey - 0.5) < 0.3) & (np.abs(along * 1.15 - bay - 0.5) < 0.26)
    dice = np.abs(np.sin(storey * 127.1 + bay * 311.7 + seed * 74.7) * 43758.5) % 1
    lit = (pane & (dice > 0.52) & (level > 0.12)) * (0.35 + dice * 0.7)
    shop = (np.abs(level) < 0.09) & (np.abs(along * 0.8 - np.floor(along * 0.8) - 0.5) < 0.42)
    warm = np.where((dice > 0.86)[..., None], linear("#a9c4ff"), linear("#ffb45e"))
    return lit[..., None] * warm * 0.8 + shop[..., None] * linear("#ffc880") * 0.75


def _wet_road(scene: Field) -> None:
    """Asphalt below the vanishing point that mirrors the upper half, smeared downwards."""
    height, width = scene.shape[:2]
    start = VANISH[1] + 40
    down = np.arange(height - start, dtype=np.float32)[:, None]
    ripple = smooth((height - start, width), (3, 26), 12) * (1 + down * 0.05)
    rows = np.clip(start - 1 - down * 1.05 - ripple * 3, 0, start - 1).astype(int)
    columns = np.clip(np.arange(width) + ripple * 3, 0, width - 1).astype(int)
    mirror = scene[rows, columns]
    mirror = np.stack([blurred(mirror[..., channel], 5) for channel in range(3)], axis=-1)
    asphalt = (
        linear("#2e2e38") * (0.8 + 0.5 * fractal((height - start, width), 9, 3, 30))[..., None]
    )
    puddle = np.clip(0.45 + fractal((height - start, width), 120, 4, 33, stretch=3), 0.15, 0.85)[
        ..., None
    ]
    scene[start:] = asphalt * (1 - puddle) + mirror * puddle * 0.9
