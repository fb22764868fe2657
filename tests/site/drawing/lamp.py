"""The Lantern lamp: brass, walnut and a linen shade."""

from __future__ import annotations

import numpy as np
from drawing.materials import Material, brushed, weave
from drawing.noise import Field, Shape, fractal
from drawing.shapes import curve, ellipse, polygon, rounded, stroke
from drawing.sprites import join
from drawing.studio import Studio
from PIL import Image


def wood(shape: Shape, seed: int) -> Field:
    return fractal(shape, 30, 4, seed, stretch=14) * 1.6


BRASS = Material("#c79a4b", brushed, gloss=50, shine=0.55, mirror=0.75, metal=True)
LINEN = Material("#ece2cf", weave, gloss=5, shine=0.02, mottle=0.04)
WALNUT = Material("#5c3a22", wood, gloss=22, shine=0.2, mottle=0.25)
CORD = Material("#3a2f28", weave, gloss=6, shine=0.04)


def front() -> Image.Image:
    return front_parts().on_white(floor=896, spread=205)


def front_parts(lean: float = 0.0) -> Studio:
    """The lamp with its shade tilted by ``lean`` degrees about the joint."""
    studio = Studio(seed=151)
    cord = curve([(560, 878), (680, 906), (780, 884), (900, 912), (1010, 900)], closed=False)
    studio.paint(stroke(cord, 9), CORD, bevel=4, shadow=0)
    _foot(studio)
    studio.paint(rounded(488, 440, 512, 850, 6), BRASS, bevel=3, turned=True, shadow=0)
    for y, half in ((842, 30), (700, 19), (470, 22)):
        studio.paint(
            rounded(500 - half, y - 13, 500 + half, y + 13, 9),
            BRASS,
            bevel=4,
            turned=True,
            shadow=3,
        )
    joint = (500 * studio.scale, 470 * studio.scale)
    shade = _shade().rotate(-lean, Image.Resampling.BICUBIC, center=joint)
    join(studio, shade, left=0, base=studio.size[1])
    return studio


def _foot(studio: Studio) -> None:
    angle = np.linspace(0, np.pi, 60)
    lower = np.stack([500 + 168 * np.cos(angle), 872 + 24 * np.sin(angle)], 1)
    disc = np.concatenate([lower, polygon([(332, 850), (668, 850)])])
    studio.paint(disc, WALNUT, bevel=5, turned=True, shadow=0)
    studio.paint(ellipse(500, 850, 168, 27), WALNUT.dyed("#7d5434"), bevel=4, puff=0.5, shadow=2)


def _shade() -> Image.Image:
    """The shade on its own, so that it can be turned about the joint at (500, 470)."""
    studio = Studio(seed=161)
    angle = np.linspace(0, np.pi, 60)
    lower = np.stack([500 + 250 * np.cos(angle), 440 + 34 * np.sin(angle)], 1)
    upper = np.stack([500 - 128 * np.cos(angle), 120 - 16 * np.sin(angle)], 1)
    cone = np.concatenate([lower, upper])
    studio.paint(cone, LINEN, bevel=3, puff=0.4, shadow=0, turned=True)
    for y, half, sag in ((130, 132, 17), (428, 245, 33)):
        band = np.stack([500 + half * np.cos(angle), y + sag * np.sin(angle)], 1)
        studio.paint(stroke(band, 13), LINEN.dyed("#c9b48f"), bevel=4, shadow=3)
    studio.glow(ellipse(500, 320, 150, 120), "#ffd79a", 0.55, blur=60)
    studio.paint(ellipse(500, 121, 112, 11), LINEN.dyed("#8d7a58"), bevel=3, puff=-0.6, shadow=0)
    studio.paint(rounded(491, 84, 509, 122, 8), BRASS, bevel=3, shadow=2)
    return studio.cut_out()


def tilted() -> Image.Image:
    """The shade turned aside at its joint."""
    return front_parts(lean=-24).on_white(floor=896, spread=205)


def detail() -> Image.Image:
    """The switch on the stem, and the hem of the shade above it."""
    studio = Studio(seed=171)
    studio.paint(rounded(520, 660, 760, 740, 36), BRASS, bevel=26, puff=0.9, shadow=12)
    studio.paint(ellipse(770, 700, 66, 66), WALNUT, bevel=30, puff=0.8, shadow=14)
    studio.paint(rounded(430, 200, 570, 1100, 10), BRASS, bevel=8, turned=True, shadow=0)
    for y, half in ((480, 130), (560, 104)):
        studio.paint(
            rounded(500 - half, y - 46, 500 + half, y + 46, 30),
            BRASS,
            bevel=12,
            turned=True,
            shadow=14,
        )
    angle = np.linspace(0, np.pi, 80)
    hem = np.stack([500 + 640 * np.cos(angle), 240 + 110 * np.sin(angle)], 1)
    cloth = np.concatenate([hem, polygon([(-140, -100), (1140, -100)])])
    studio.paint(cloth, LINEN, bevel=14, puff=0.6, shadow=30, wear=4)
    studio.paint(stroke(hem - (0, 18), 44), LINEN.dyed("#c9b48f"), bevel=12, shadow=8)
    studio.stitch(hem - (0, 18), "#8f7c56", length=14, width=4)
    studio.glow(ellipse(500, 60, 420, 170), "#ffd08a", 0.5, blur=90)
    return studio.on_white(floor=3000)
