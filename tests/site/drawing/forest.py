"""A forest trail in the sun, with two hikers."""

from __future__ import annotations

import numpy as np
from drawing.materials import linear
from drawing.noise import Field, fractal, ridge, smooth
from drawing.people import hiker
from drawing.scenery import SIZE, bokeh, gradient
from drawing.studio import developed
from PIL import Image


def forest_trail() -> Image.Image:
    """Two hikers on a path between trunks, sun from behind."""
    width, height = SIZE
    scene = np.repeat(gradient(height, (0, "#dfe8b4"), (0.5, "#f4edc0"), (1, "#5a5a2c")), width, 1)
    leaves = fractal((height, width), 70, 6, 4)[..., None]
    scene *= 0.8 + 0.7 * leaves
    bokeh(scene, (0, 0, width, 560), 150, ("#fbffd0", "#d8ec9c", "#fff2b0"), 0.28, seed=77)
    for layer, (count, haze) in enumerate(((26, 0.72), (15, 0.42), (7, 0.1))):
        _trunks(scene, count, haze, seed=300 + layer)
        _undergrowth(scene, 0.60 + 0.09 * layer, haze, seed=400 + layer)
    _path(scene)
    for x, base, tall in ((742, 838, 300), (868, 800, 262)):
        hiker(scene, x, base, tall, facing=1)
    _sunbeams(scene)
    return developed(scene, 6, noise=0.014)


def _trunks(scene: Field, count: int, haze: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    height, width = scene.shape[:2]
    across = np.arange(width, dtype=np.float32)
    sway = smooth((height, 2), (130, 1), seed)[:, :1]
    bark = fractal((height, width), 34, 5, seed, stretch=0.16)
    for place in rng.uniform(0, width, count):
        if abs(place - width * 0.5) < width * (0.05 + 0.22 * (1 - haze)):
            continue
        half = rng.uniform(0.55, 1) * (10 + 44 * (1 - haze))
        off = (across - place - sway * half * 0.3 + bark * 2.5) / half
        lean = off * np.sign(width / 2 - place)
        light = np.clip(
            0.3 + 0.25 * lean + 1.1 * np.clip(lean - 0.55, 0, 1) + bark * 0.55, 0.04, 1.6
        )
        cover = np.clip((1 - np.abs(off)) * half / 2, 0, 1)[..., None]
        body = linear("#6b5238") * light[..., None] * (1 - haze) + linear("#e6e2b0") * haze
        scene[:] = scene * (1 - cover) + body * cover


def _undergrowth(scene: Field, level: float, haze: float, seed: int) -> None:
    height, width = scene.shape[:2]
    crest = height * (level - 0.05 * ridge(width, 0.8, 9, seed))
    y = np.arange(height, dtype=np.float32)[:, None]
    fern = fractal((height, width), 60, 6, seed) + 0.7 * fractal((height, width), 9, 3, seed + 70)
    cover = np.clip((y - crest + fern * 34) / 3, 0, 1)[..., None]
    body = linear("#4d6a26") * (0.5 + 1.2 * fern)[..., None] * (1 - haze) + linear("#dfe0a0") * haze
    scene[:] = scene * (1 - cover) + np.maximum(body, 0.01) * cover


def _path(scene: Field) -> None:
    height, width = scene.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    near = np.clip((y - height * 0.68) / (height * 0.32), 0, 1)
    middle = width * (0.515 - 0.03 * np.sin(near * 3))
    rough = fractal((height, width), 26, 5, 500, stretch=2.2)
    cover = np.clip((26 + near**1.4 * 520 - np.abs(x - middle) + rough * 40) / 30, 0, 1) * (
        near > 0
    )
    tracks = np.sin((x - middle) / (12 + near * 90) * 2.2)
    light = 0.62 + 0.5 * rough + 0.5 * (1 - near) - 0.08 * tracks
    body = linear("#a98f68") * light[..., None]
    scene[:] = scene * (1 - cover[..., None]) + np.maximum(body, 0.02) * cover[..., None]


def _sunbeams(scene: Field) -> None:
    height, width = scene.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = np.arctan2(y + 160, x - width * 0.42)
    rays = smooth((2, 900), (1, 14), 8)[0]
    beam = np.interp(angle, np.linspace(0, np.pi, 900), rays).astype(np.float32)
    glow = np.exp(-np.hypot(x - width * 0.47, y - height * 0.18) / 420)
    scene += (
        (np.clip(beam, 0, 1) * 0.16 + 0.5)[..., None] * glow[..., None] * linear("#fff0b8") * 0.8
    )
