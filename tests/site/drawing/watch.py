"""The Meridian watch."""

from __future__ import annotations

from drawing.materials import Material, brushed, weave
from drawing.shapes import curve, ellipse, polygon, rounded, turned
from drawing.studio import Studio
from PIL import Image


def front() -> Image.Image:
    """Steel case, leather strap, a pale dial at ten past ten."""
    studio = Studio(seed=181)
    hide = Material("#5b3419", weave, gloss=16, shine=0.14, mottle=0.08)
    for top, bottom in ((20, 330), (670, 980)):
        studio.paint(rounded(398, top, 602, bottom, 26), hide, bevel=16, puff=0.6, shadow=16)
        for x in (416, 584):
            studio.stitch(polygon([(x, top + 20), (x, bottom)]), "#e6d5b0", length=9, width=3)
    steel = Material("#d3d5d8", brushed, gloss=60, shine=0.5, mirror=0.7, metal=True)
    studio.paint(rounded(744, 474, 790, 526, 10), steel, bevel=8, shadow=8)
    for x in (386, 570):
        studio.paint(
            [rounded(x, 250, x + 44, 330, 16), rounded(x, 670, x + 44, 750, 16)],
            steel,
            bevel=14,
            shadow=5,
        )
    studio.paint(ellipse(500, 500, 252, 252), steel, bevel=30, puff=0.8, shadow=16)
    studio.paint(
        ellipse(500, 500, 214, 214),
        Material("#f4efe2", brushed, gloss=30, shine=0.08),
        bevel=10,
        puff=-0.5,
        shadow=0,
    )
    _dial(studio, steel)
    studio.glow(turned(rounded(330, 300, 420, 700, 40), 28), "#ffffff", 0.10, blur=14)
    return studio.on_white(floor=3000)


def _dial(studio: Studio, steel: Material) -> None:
    ink = Material("#1d2b3a", gloss=40, shine=0.3)
    for hour in range(12):
        mark = rounded(494, 306, 506, 342 if hour % 3 else 362, 4)
        studio.paint(turned(mark, hour * 30), ink, bevel=3, shadow=2)
    for minute in range(60):
        studio.tint(turned(rounded(499, 298, 501, 306, 1), minute * 6), "#333333", 0.8)
    studio.paint(ellipse(500, 592, 50, 50), steel.dyed("#e9e4d6"), bevel=4, puff=-0.6, shadow=0)
    studio.paint(polygon([(498, 592), (500, 552), (502, 592)]), ink, bevel=1, shadow=2)
    for degrees, reach, width in ((-56, 130, 14), (58, 182, 10)):
        hand = curve(
            [(500, 516), (500 - width / 2, 480), (500, 500 - reach), (500 + width / 2, 480)]
        )
        studio.paint(turned(hand, degrees), ink, bevel=3, puff=0.8, shadow=6)
    studio.paint(
        turned(rounded(498.5, 312, 501.5, 548, 1), 205), Material("#c8462b"), bevel=1, shadow=5
    )
    studio.paint(ellipse(500, 500, 10, 10), steel, bevel=5, shadow=3)
