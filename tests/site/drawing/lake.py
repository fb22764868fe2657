"""Mountains: a lake at dawn with a backpack, a ledge at sunset with a sneaker."""

from __future__ import annotations

import numpy as np
from drawing.backpack import front_parts
from drawing.materials import linear
from drawing.noise import Field, blurred, fractal, ridge, smooth
from drawing.scenery import SIZE, Stops, gradient
from drawing.shapes import Outline, coverage
from drawing.sneaker import side_parts
from drawing.sprites import sprite, stand
from drawing.studio import developed
from PIL import Image


def lake_at_dawn() -> Image.Image:
    """A backpack on a rock before a lake; the far shore lies at 58 % of the height."""
    width, height = SIZE
    shore = int(height * 0.58)
    scene = np.empty((height, width, 3), np.float32)
    dawn = ((0, "#3f5f8c"), (0.45, "#8c9fbd"), (0.75, "#e9b99a"), (1, "#fbdcae"))
    scene[:shore] = _sky(shore, width, dawn, seed=3)
    _mountains(scene[:shore], seed=0)
    _water(scene, shore)
    _rocks(scene)
    pack = sprite(front_parts("#b8481f"), 470)
    stand(scene, pack, x=1010, base=905, tint="#fff0e4", light=0.82)
    _grass(scene, seed=77)
    return developed(scene, 5, noise=0.014)


def quiet_fjord() -> Field:
    """The same country at noon with nobody in it, undeveloped."""
    width, height = SIZE
    shore = int(height * 0.66)
    scene = np.empty((height, width, 3), np.float32)
    noon = ((0, "#5f88a8"), (0.6, "#a9c3cf"), (1, "#dfe6e2"))
    scene[:shore] = _sky(shore, width, noon, seed=83)
    _mountains(scene[:shore], seed=500)
    _water(scene, shore)
    return scene


def _sky(height: int, width: int, stops: Stops, seed: int, sun_level: float = 0.88) -> Field:
    sky = np.repeat(gradient(height, *stops), width, axis=1)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    sun = np.exp(-np.hypot(x - width * 0.3, (y - height * sun_level) * 1.2) / 190)
    clouds = np.clip(fractal((height, width), 120, 6, seed, stretch=3.2) * 1.7 - 0.15, 0, 1)
    clouds *= np.clip(1 - np.abs(y / height - 0.42) * 2.2, 0, 1)
    sky += sun[..., None] * linear("#ffcf8a") * 0.9
    return sky * (1 - 0.55 * clouds[..., None]) + clouds[..., None] * linear("#ffd2b8") * 0.6


def _mountains(scene: Field, seed: int) -> None:
    """Four ranges, the nearer the darker and the less hazy."""
    height, width = scene.shape[:2]
    ranges = ((0.34, 0.30, "#8592ad", 21), (0.55, 0.26, "#5f7393", 22), (0.74, 0.17, "#3d556b", 35))
    for middle, swing, colour, offset in ranges:
        crest = height * (middle - swing * ridge(width, 0.52, 8, seed + offset))
        _range(scene, crest, colour, seed + offset, snow=middle < 0.6)
    crest = height * (0.93 - 0.05 * ridge(width, 0.6, 6, seed + 91)) - _firs(width, seed + 19)
    _range(scene, crest, "#1f3438", seed + 91, snow=False)


def _range(scene: Field, crest: Field, colour: str, seed: int, *, snow: bool) -> None:
    height, width = scene.shape[:2]
    y = np.arange(height, dtype=np.float32)[:, None]
    depth = y - crest
    rock = fractal((height, width), 110, 6, seed + 50)
    slope = -np.gradient(blurred(rock, 2), axis=1) * 7 + np.gradient(crest) * 0.05
    body = linear(colour) * (1 + 1.6 * slope + 0.25 * rock)[..., None]
    if snow:
        white = np.clip(3.2 * (rock + 0.36 - depth / (height * 0.26)), 0, 1)[..., None]
        body = body * (1 - white) + white * linear("#e8dcdc") * (0.72 + 3 * slope)[..., None]
    haze = np.clip(depth / (height * 0.5), 0, 1)[..., None] * 0.6
    body = body * (1 - haze) + haze * linear("#e6c3ac")
    cover = np.clip(depth, 0, 1)[..., None]
    scene[:] = scene * (1 - cover) + np.maximum(body, 0) * cover


def _firs(width: int, seed: int) -> Field:
    """Heights in pixels of a line of fir tops."""
    rng = np.random.default_rng(seed)
    x = np.arange(width, dtype=np.float32)
    tops = np.zeros(width, np.float32)
    for place, tall in zip(rng.uniform(0, width, 260), rng.uniform(14, 52, 260), strict=True):
        wobble = 1 + 0.25 * np.sin(x * 0.9)
        tops = np.maximum(tops, tall - np.abs(x - place) * 3.4 * wobble)
    return tops


def _water(scene: Field, shore: int) -> None:
    height, width = scene.shape[:2]
    depth = np.arange(height - shore, dtype=np.float32)[:, None]
    ripple = smooth((height - shore, width), (2.2, 46), 8) * (0.6 + depth * 0.028)
    ripple += smooth((height - shore, width), (7, 160), 9) * depth * 0.03
    rows = np.clip(shore - 1 - depth * 1.25 + ripple * 2.2, 0, shore - 1).astype(int)
    columns = np.broadcast_to(np.arange(width), rows.shape)
    mirror = scene[rows, columns]
    glint = np.clip(ripple * 0.12, -0.08, 0.12)[..., None]
    deep = np.clip(depth / 420, 0, 0.62)[..., None]
    scene[shore:] = mirror * (0.86 - deep) * (1 + glint * 2) + linear("#27455a") * deep * 0.9
    mist = np.exp(-(((np.arange(height) - shore) / 20) ** 2)).astype(np.float32)[:, None, None]
    scene[:] = scene * (1 - 0.5 * mist) + mist * 0.5 * linear("#f6d7bd")


def _rocks(scene: Field, lift: float = 0.0) -> None:
    """A granite ledge along the lower edge, ``lift`` pixels higher than the lake's."""
    height, width = scene.shape[:2]
    crest = height * (0.835 - 0.035 * ridge(width, 0.5, 7, 12)) - lift
    crest += 70 * np.clip(1 - np.linspace(0, 1.5, width), 0, 1).astype(np.float32)
    y = np.arange(height, dtype=np.float32)[:, None]
    rough = fractal((height, width), 150, 8, 40, stretch=1.7)
    down, across = np.gradient(blurred(rough, 1.2))
    facet = -(down + across) * 9
    near = np.clip((y - crest) / 210, 0, 1)
    light = (0.62 + facet + 0.2 * rough) * (1 - 0.42 * near)
    moss = np.clip(fractal((height, width), 90, 5, 60) * 3 - 0.5, 0, 1)[..., None] * 0.55
    stone = linear("#8b7f77") * (1 - moss) + linear("#4d5a2b") * moss
    cover = np.clip(y - crest - rough * 16, 0, 1)[..., None]
    scene[:] = scene * (1 - cover) + stone * np.maximum(light, 0.05)[..., None] * cover


def _grass(scene: Field, seed: int) -> None:
    """Blades out of focus in the lower corners."""
    rng = np.random.default_rng(seed)
    height, width = scene.shape[:2]
    for corner in (0.02, 0.9):
        blades: list[Outline] = []
        for _ in range(70):
            x, tall = rng.uniform(-0.05, 0.16) * 1000 + corner * 1000, rng.uniform(40, 150)
            lean = rng.uniform(-40, 40)
            tip = (x + lean, 640 - tall)
            blades.append(
                np.array([(x - 3, 650), (x + lean * 0.4, 640 - tall * 0.6), tip, (x + 4, 650)])
            )
        patch = coverage(blades, (), width / 1000, 12, (width, height))
        if patch is not None:
            cover = blurred(patch.cover, 2.2)[..., None]
            scene[patch.where] = scene[patch.where] * (1 - cover) + linear("#3b3a1c") * cover


def ledge_at_sunset() -> Image.Image:
    """A sneaker on a granite ledge above the ranges."""
    width, height = SIZE
    sunset = ((0, "#35406f"), (0.3, "#a0618a"), (0.5, "#ee8f6a"), (1, "#ffd59a"))
    scene = _sky(height, width, sunset, seed=64, sun_level=0.42)
    for middle, colour, seed in ((0.5, "#a5728f", 61), (0.6, "#77567f", 62), (0.7, "#4a3d63", 63)):
        crest = height * (middle - 0.13 * ridge(width, 0.52, 8, seed))
        _range(scene, crest, colour, seed, snow=False)
    _rocks(scene, lift=130)
    shoe = sprite(side_parts("#c8b28c", "#8d6f4a"), 330)
    stand(scene, shoe, x=760, base=858, tint="#ffdcc0", light=0.85)
    return developed(scene, 7, noise=0.014)
