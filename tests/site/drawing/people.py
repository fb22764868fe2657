"""People seen against the light: walkers as dark figures with a rim of sun."""

from __future__ import annotations

import numpy as np
from drawing.materials import linear
from drawing.noise import Field, blurred
from drawing.shapes import Outline, Points, coverage, curve, ellipse, stroke

TORSO: Points = [(-14, 172), (-19, 120), (-12, 92), (12, 92), (17, 120), (14, 172)]
FRONT_LEG: Points = [(4, 94), (18, 52), (13, 8)]
BACK_LEG: Points = [(-3, 94), (-9, 54), (-30, 12)]
ARM: Points = [(-6, 160), (-16, 126), (4, 106)]
PACK: Points = [(-12, 172), (-36, 168), (-44, 140), (-40, 110), (-16, 106)]


def figure(*, pack: bool = True) -> list[Outline]:
    """A walker 200 units tall, feet at 0, y upwards, walking to the right."""
    parts = [
        ellipse(2, 188, 11, 13.5),
        curve(TORSO),
        stroke(curve(FRONT_LEG, closed=False), (19, 15, 10)),
        stroke(curve(BACK_LEG, closed=False), (19, 15, 10)),
        stroke(curve(ARM, closed=False), (12, 10, 8)),
        curve([(8, 10), (30, 5), (30, 0), (7, 0)]),
        curve([(-36, 16), (-26, 4), (-14, 2), (-20, 12)]),
    ]
    return [*parts, curve(PACK)] if pack else parts


def hiker(
    scene: Field,
    x: float,
    base: float,
    tall: float,
    *,
    facing: int = 1,
    colour: str = "#26241c",
    rim: str = "#ffe9a8",
    sun: int = -1,
    pack: bool = True,
) -> None:
    """A figure ``tall`` pixels high, feet at (x, base); ``sun`` 1: light from the right."""
    size = (scene.shape[1], scene.shape[0])
    outlines = [(dots * (facing, -1)) * (tall / 200) + (x, base) for dots in figure(pack=pack)]
    patch = coverage(outlines, (), 1.0, 30, size)
    if patch is None:
        return
    shift = max(1, round(tall / 90))
    shaded = np.roll(patch.cover, (shift, -sun * shift), axis=(0, 1))
    edge = blurred(np.clip(patch.cover - shaded, 0, 1), tall / 260)
    body = linear(colour) + edge[..., None] * linear(rim) * 0.75
    cover = patch.cover[..., None]
    scene[patch.where] = scene[patch.where] * (1 - cover) + body * cover
