"""The Ember mug: speckled stoneware dipped in two glazes."""

from __future__ import annotations

import numpy as np
from drawing.materials import Material, glaze, linear
from drawing.noise import fractal
from drawing.shapes import Outline, coverage, curve, ellipse, polygon, rounded, stroke
from drawing.sprites import join, sprite
from drawing.studio import Studio
from PIL import Image

CLAY = Material("#e9dfcd", glaze, gloss=60, shine=0.3, mirror=0.42, mottle=0.05)
EMBER = "#b4441c"
COFFEE = "#2a150b"


def front(dip: str = EMBER) -> Image.Image:
    return front_parts(dip).on_white(floor=806, spread=215)


def front_parts(dip: str = EMBER) -> Studio:
    studio = Studio(seed=71)
    loop = curve([(660, 380), (800, 388), (838, 500), (790, 620), (652, 668)], closed=False)
    studio.paint(stroke(loop, (46, 50, 46, 48, 54)), CLAY, bevel=24, puff=0.9, shadow=0)
    studio.tint(stroke(loop, 70), dip, 1, blur=1)
    body = _vessel(250, 690, 282, 658, top=300, foot=806)
    studio.paint(body, CLAY, bevel=4, puff=0.4, shadow=6, turned=True)
    _dip(studio, body, dip, level=610)
    _speckles(studio, (262, 320, 676, 800), count=170, size=2.6)
    _mouth(studio, 470, 300, 220, 46, dip)
    return studio


def _vessel(
    left: float, right: float, foot_left: float, foot_right: float, *, top: float, foot: float
) -> Outline:
    """A tapered body of revolution seen slightly from above."""
    middle, radius = (left + right) / 2, (right - left) / 2
    half = (foot_right - foot_left) / 2
    angle = np.linspace(0, np.pi, 60)
    bottom = np.stack([middle + half * np.cos(angle), foot - 30 + 34 * np.sin(angle)], 1)
    rim = np.stack([middle - radius * np.cos(angle), top - 46 * np.sin(angle)], 1)
    return np.concatenate([bottom, rim])


def _dip(studio: Studio, body: Outline, dye: str, level: float) -> None:
    """The second glaze: everything above a line that runs and drips."""
    x = np.linspace(180, 760, 200)
    edge = (
        level + 16 * np.sin(x / 47) + 11 * np.sin(x / 19 + 1) + 40 * ((x - 470) / 220) ** 2 * -0.35
    )
    above = np.concatenate([np.stack([x, edge], 1), polygon([(760, 200), (180, 200)])])
    patch = coverage([body], (), studio.scale, 0, studio.size)
    upper = coverage([above], (), studio.scale, 0, studio.size)
    if patch is None or upper is None:
        return
    whole = np.zeros(studio.alpha.shape, np.float32)
    whole[upper.where] = upper.cover
    cover = whole[patch.where] * patch.cover
    run = 1 + 0.35 * fractal((cover.shape[0], cover.shape[1]), 110, 4, 5)
    dyed = linear(dye) * run[..., None]
    studio.rgb[patch.where] *= 1 - cover[..., None] * (1 - dyed * 1.15)
    brim = np.clip(np.roll(cover, 10, axis=0) - cover, 0, 1)[..., None]
    studio.rgb[patch.where] *= 1 - 0.45 * brim


def _speckles(
    studio: Studio, box: tuple[float, float, float, float], count: int, size: float
) -> None:
    rng = np.random.default_rng(8)
    spots = [
        ellipse(
            rng.uniform(box[0], box[2]), rng.uniform(box[1], box[3]), *rng.uniform(0.4, 1, 2) * size
        )
        for _ in range(count)
    ]
    studio.tint(spots, "#5a3a28", 0.8)


def _mouth(studio: Studio, x: float, y: float, rx: float, ry: float, dye: str) -> None:
    """The rim, the inner wall and the coffee; ``ry`` gives the height of the eye."""
    studio.paint(ellipse(x, y, rx, ry), CLAY.dyed("#d9a98c"), bevel=7, puff=0.8, shadow=0)
    studio.tint(ellipse(x, y, rx, ry), dye, 0.8)
    inner = Material(dye, glaze, gloss=50, shine=0.25, mirror=0.1)
    wall = studio.paint(ellipse(x, y + 1, rx - 13, ry - 7), inner, bevel=3, puff=-0.5, shadow=0)
    drink = Material(COFFEE, gloss=80, shine=0.5, mirror=0.22)
    studio.paint(ellipse(x, y + ry * 0.52, rx - 20, ry - 9), drink, bevel=2, shadow=0, inside=wall)
    studio.glow(ellipse(x - rx * 0.35, y + ry * 0.3, rx * 0.3, ry * 0.18), "#fff4e8", 0.25, blur=8)


def top(dip: str = EMBER) -> Image.Image:
    """From right above: rim, crema and handle."""
    studio = Studio(seed=81)
    handle = rounded(690, 469, 890, 531, 28)
    studio.paint(handle, CLAY, bevel=28, puff=0.9, shadow=26)
    studio.tint(handle, dip, 1)
    studio.paint(ellipse(480, 500, 280, 280), CLAY, bevel=22, puff=0.9, shadow=34)
    studio.tint(ellipse(480, 500, 281, 281), dip, 0.95)
    inner = Material(dip, glaze, gloss=50, shine=0.2, mirror=0.1)
    studio.paint(ellipse(480, 500, 254, 254), inner, bevel=30, puff=-0.9, shadow=0)
    drink = studio.paint(
        ellipse(482, 503, 226, 226),
        Material("#4a2512", gloss=60, shine=0.3, mirror=0.12),
        bevel=5,
        puff=-0.6,
        shadow=0,
    )
    if drink is not None:
        _crema(studio, drink.where)
    return studio.on_white(floor=3000)


def _crema(studio: Studio, where: tuple[slice, slice]) -> None:
    """A poured leaf of milk foam."""
    y, x = np.mgrid[where].astype(np.float32) / studio.scale
    across, along = (x - 482) / 150, (y - 520) / 190
    shape = (x.shape[0], x.shape[1])
    swirl = fractal(shape, 90, 4, 12)
    leaf = 1 - np.abs(across) / np.maximum(0.86 * np.cos(np.clip(along, -1, 1) * 1.45) + 0.03, 0.02)
    veins = 0.5 + 0.5 * np.sin(along * 26 - np.abs(across) * 13 + swirl * 1.2)
    foam = np.clip(leaf * 5, 0, 1) * np.clip(veins * 2.4 - 0.5, 0, 1) * (np.abs(along) < 1)
    ring = np.hypot(x - 482, y - 503)
    milk = np.clip(foam * 0.92 + np.clip((ring - 198) / 26, 0, 1) * 0.35, 0, 1)
    milk = (milk * (ring < 224))[..., None]
    tone = linear("#e9cfa9") * (0.9 + 0.2 * swirl)[..., None]
    studio.rgb[where] = studio.rgb[where] * (1 - milk) + tone * milk


def detail(dip: str = EMBER) -> Image.Image:
    """The line where the glazes meet, from very near."""
    studio = Studio(seed=91)
    body = polygon([(-160, -100), (1160, -100), (1110, 1100), (-110, 1100)])
    studio.paint(body, CLAY, bevel=1, shadow=0)
    edge = np.linspace(-100, 1100, 240)
    line = 560 + 44 * np.sin(edge / 110) + 30 * np.sin(edge / 43 + 1) + 14 * np.sin(edge / 17)
    above = np.concatenate([np.stack([edge, line], 1), polygon([(1100, -200), (-100, -200)])])
    thick = Material(dip, glaze, gloss=70, shine=0.4, mirror=0.3, mottle=0.22)
    drops = [
        curve(
            [
                (x - 52, 500),
                (x - 34, low - 90),
                (x - 20, low - 12),
                (x, low),
                (x + 20, low - 12),
                (x + 34, low - 90),
                (x + 52, 500),
            ]
        )
        for x, low in ((190, 720), (640, 770), (862, 690))
    ]
    studio.paint([above, *drops], thick, bevel=34, puff=0.9, shadow=9, wear=6)
    _speckles(studio, (0, 0, 1000, 1000), count=330, size=8)
    studio.glow(
        polygon([(150, -50), (250, -50), (270, 1050), (160, 1050)]), "#ffffff", 0.16, blur=34
    )
    return studio.on_white(floor=3000)


def pair() -> Image.Image:
    """Two mugs, one glazed dark, one behind the other."""
    studio = Studio(seed=99)
    for dye, left, base, tall in (("#2f3b45", 800, 1310, 660), (EMBER, 110, 1400, 760)):
        join(studio, sprite(front_parts(dye), tall), left=left, base=base)
    return studio.on_white(floor=858, spread=400)
