"""Rooms with the lamp: a desk by a window, a bedside at night."""

from __future__ import annotations

import numpy as np
from drawing import lamp, mug
from drawing.materials import linear
from drawing.noise import Field, blurred, fractal
from drawing.scenery import SIZE, boards, bokeh, daylight, flat, gradient
from drawing.shapes import curve, moved, polygon, rounded, stroke
from drawing.sprites import sprite, stand
from drawing.studio import developed
from PIL import Image


def desk_by_window() -> Image.Image:
    """The lamp, the mug and a notebook in morning light."""
    width, height = SIZE
    scene = np.empty((height, width, 3), np.float32)
    scene[:] = gradient(height, (0, "#b9ada0"), (1, "#d8cbbb"))
    scene *= 1 + 0.05 * fractal((height, width), 240, 5, 2)[..., None]
    _window(scene, 130, 40, 1010, 640)
    boards(scene, 690, "#9a6a42", seed=31)
    stand(scene, sprite(lamp.front_parts(), 660), x=1290, base=905, tint="#fff3e2", light=0.9)
    _plant(scene, 190, 770)
    _notebook(scene)
    stand(
        scene, sprite(mug.front_parts("#2f3b45"), 215), x=885, base=880, tint="#fff3e2", light=0.9
    )
    daylight(scene, 0.10)
    return developed(scene, 8, noise=0.013)


def _window(scene: Field, left: int, top: int, right: int, bottom: int) -> None:
    """Trees out of focus behind four panes."""
    height, width = bottom - top, right - left
    view = np.repeat(gradient(height, (0, "#eaf4fb"), (0.45, "#dbe7cf"), (1, "#7d9a5d")), width, 1)
    leaves = blurred(fractal((height, width), 130, 4, 70), 7)
    view *= (1 + 0.9 * leaves)[..., None]
    scene[top:bottom, left:right] = view
    bokeh(scene, (left, top + 150, right, bottom - 40), 46, ("#fff6cf", "#e3f0b4"), 0.22, seed=9)
    frame = [
        rounded(left - 22, top - 22, right + 22, top + 12, 3),
        rounded(left - 22, top, left + 14, bottom, 3),
        rounded(right - 14, top, right + 22, bottom, 3),
        rounded(left - 40, bottom - 14, right + 40, bottom + 26, 3),
    ]
    bars = [
        rounded((left + right) / 2 - 9, top, (left + right) / 2 + 9, bottom, 3),
        rounded(left, top + 240, right, top + 256, 3),
    ]
    for group, tone in ((bars, "#e4dfd6"), (frame, "#f3eee6")):
        flat(scene, group, tone, edge=0.8, shade=9)


def _plant(scene: Field, x: float, base: float) -> None:
    rng = np.random.default_rng(21)
    flat(
        scene,
        [curve([(x - 70, base - 130), (x + 70, base - 130), (x + 52, base), (x - 52, base)])],
        "#b9613d",
        edge=1.6,
        shade=16,
    )
    for _ in range(26):
        lean, tall = rng.uniform(-150, 150), rng.uniform(170, 400)
        stem = curve(
            [(x, base - 120), (x + lean * 0.3, base - tall * 0.7), (x + lean, base - tall)],
            closed=False,
        )
        tone = ("#3f6b3a", "#5b8a45", "#2f5532", "#7ba35a")[rng.integers(4)]
        flat(scene, [stroke(stem, (6, 34, 40, 22, 2))], tone, edge=1.4, shade=7)


def _notebook(scene: Field) -> None:
    cover = polygon([(430, 840), (700, 826), (760, 930), (420, 948)])
    flat(scene, [moved(cover, 6, 14)], "#3b2a20", edge=3, shade=16)
    flat(scene, [moved(cover, 2, 8)], "#efe8da", edge=0.8)
    flat(scene, [cover], "#37506a", edge=0.8)
    flat(scene, [polygon([(462, 838), (470, 838), (456, 946), (446, 946)])], "#26384c", edge=0.7)
    flat(scene, [stroke(polygon([(520, 905), (690, 850)]), 9)], "#d9b04a", edge=0.7, shade=4)


def bedside_at_night() -> Image.Image:
    """The lamp alight beside a bed, books and a mug in its glow."""
    width, height = SIZE
    scene = np.empty((height, width, 3), np.float32)
    scene[:] = gradient(height, (0, "#34404f"), (1, "#4b4a4c"))
    scene *= 1 + 0.07 * fractal((height, width), 200, 5, 6)[..., None]
    flat(scene, [rounded(-80, 470, 640, 1100, 60)], "#5d4636", edge=4, shade=30)
    for y, tone in ((690, "#c9c2b6"), (800, "#8f9aa6")):
        flat(
            scene,
            [
                curve(
                    [
                        (-120, y + 20),
                        (120, y - 60),
                        (420, y - 40),
                        (660, y + 40),
                        (680, 1100),
                        (-120, 1100),
                    ]
                )
            ],
            tone,
            edge=3,
            shade=26,
        )
    boards(scene[:, 700:], 760, "#6b4527", seed=53)
    for y, tone, inset in ((862, "#7a2f24", 0), (826, "#2d4a52", 14), (796, "#b59a5f", -6)):
        flat(scene, [rounded(800 + inset, y, 1030 + inset, y + 34, 5)], tone, edge=1, shade=10)
    stand(scene, sprite(mug.front_parts(), 150), x=920, base=797, tint="#ffd9a8", light=0.7)
    stand(scene, sprite(lamp.front_parts(), 700), x=1284, base=900, tint="#ffdfae", light=1.05)
    return developed(_lamplight(scene, 1240, 400), 12, noise=0.018)


def _lamplight(scene: Field, x: float, y: float) -> Field:
    """Warm light that falls off around the shade; everything else sinks into the dark."""
    down, across = np.mgrid[0 : scene.shape[0], 0 : scene.shape[1]].astype(np.float32)
    away = np.hypot(across - x, (down - y) * 0.9)
    pool = (0.16 + 1.5 * np.exp(-away / 330))[..., None]
    halo = np.exp(-((away / 300) ** 2))[..., None] * 0.3
    return scene * pool * linear("#ffe2b8") + halo * linear("#ffb866")
