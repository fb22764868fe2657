"""The Trail sneaker: from the side in any dye, from above, and its sole."""

from __future__ import annotations

import numpy as np
from drawing.materials import Material, leather, mesh, rubber, weave
from drawing.shapes import (
    Outline,
    curve,
    ellipse,
    mirrored,
    moved,
    polygon,
    rounded,
    stroke,
    turned,
)
from drawing.studio import Studio
from PIL import Image

KNIT = Material("#c8b28c", mesh, gloss=7, shine=0.05, mottle=0.06)
SUEDE = Material("#8d6f4a", leather, gloss=6, shine=0.03, mottle=0.1)
FOAM = Material("#efece4", rubber, gloss=12, shine=0.1, mottle=0.02)
GRIP = Material("#2a2a2c", rubber, gloss=10, shine=0.08)
LACE = Material("#f2eee3", weave, gloss=7, shine=0.05)
LINING = Material("#3a3733", mesh, gloss=5, shine=0.02)

UPPER = curve(
    "112,662 118,592 196,534 318,484 420,404 498,318 552,300 606,352 690,400 776,372 "
    "836,300 872,306 882,420 902,560 900,668 500,690"
)
MIDSOLE = curve(
    "92,668 104,636 200,650 420,640 640,622 820,612 918,618 936,668 914,738 700,742 "
    "420,748 220,748 120,728"
)
TOE = curve([(112, 668), (116, 592), (190, 538), (262, 508), (318, 560), (330, 640), (250, 676)])
HEEL = curve([(770, 460), (828, 402), (884, 420), (902, 560), (902, 668), (740, 672), (726, 560)])
EYESTAY = curve(
    [(300, 500), (420, 412), (502, 330), (560, 372), (520, 446), (440, 520), (350, 560)]
)


def side(dye: str, trim: str) -> Image.Image:
    return side_parts(dye, trim).on_white(floor=768, spread=420)


def side_parts(dye: str, trim: str) -> Studio:
    studio, knit, suede = Studio(seed=121), KNIT.dyed(dye), SUEDE.dyed(trim)
    tongue = curve(
        [(470, 350), (462, 300), (486, 254), (548, 240), (590, 264), (592, 312), (560, 380)]
    )
    studio.paint(tongue, suede, bevel=22, puff=0.8, shadow=0)
    collar = curve(
        [(540, 330), (600, 296), (700, 352), (800, 306), (850, 288), (850, 400), (560, 420)]
    )
    studio.paint(collar, LINING, bevel=20, puff=0.6, shadow=0)
    tab = curve([(838, 330), (872, 270), (900, 286), (884, 350)])
    studio.paint(tab, suede, bevel=8, shadow=0)
    _lugs(studio)
    studio.paint(UPPER, knit, bevel=34, puff=0.8, bulge=110, shadow=6, wear=6)
    _overlays(studio, suede)
    _laces(studio)
    _sole_edge(studio, suede)
    return studio


def _overlays(studio: Studio, suede: Material) -> None:
    for part in (TOE, HEEL, EYESTAY):
        studio.paint(part, suede, bevel=10, puff=0.5, bulge=30, shadow=5)
    studio.stitch(curve([(256, 516), (306, 562), (318, 636)], closed=False), "#f0e6cf", length=6)
    studio.stitch(curve([(778, 470), (736, 564), (750, 650)], closed=False), "#f0e6cf", length=6)
    studio.stitch(
        curve([(350, 548), (434, 510), (508, 440), (546, 376)], closed=False), "#f0e6cf", length=6
    )
    wave = curve([(470, 640), (560, 540), (610, 580), (650, 500), (730, 620)], closed=False)
    studio.paint(stroke(wave, (10, 24, 22, 22, 10)), FOAM, bevel=5, shadow=4)
    padding = curve([(566, 326), (606, 366), (690, 412), (776, 386), (838, 316)], closed=False)
    studio.paint(stroke(padding, (14, 26, 30, 26, 14)), suede, bevel=11, puff=0.8, shadow=4)


def _laces(studio: Studio) -> None:
    spots = [(352, 506), (390, 478), (428, 446), (464, 410), (500, 372)]
    for x, y in spots:
        studio.paint(
            ellipse(x + 26, y + 22, 6, 6),
            Material("#c9c6bf", shine=0.5, metal=True, mirror=0.5),
            bevel=3,
            shadow=2,
        )
        lace = curve([(x - 34, y - 26), (x - 4, y - 18), (x + 26, y + 22)], closed=False)
        studio.paint(stroke(lace, 15), LACE, bevel=6, puff=0.9, shadow=5)
    for line in (
        [(478, 330), (420, 300), (404, 350), (456, 372)],
        [(484, 336), (530, 306), (566, 340), (520, 378)],
        [(474, 340), (452, 420), (410, 470)],
        [(484, 340), (500, 430), (548, 500)],
    ):
        studio.paint(stroke(curve(line, closed=False), 12), LACE, bevel=5, puff=0.9, shadow=6)
    studio.paint(ellipse(480, 338, 15, 13), LACE, bevel=7, puff=0.9, shadow=4)


def _sole_edge(studio: Studio, suede: Material) -> None:
    studio.paint(MIDSOLE, FOAM, bevel=18, puff=0.7, bulge=30, shadow=7)
    for dy in (0, 22):
        groove = curve(
            [(120, 684 + dy), (420, 690 + dy), (700, 676 + dy), (920, 668 + dy)], closed=False
        )
        studio.tint(stroke(groove, 5), "#8d8678", 0.7, blur=1)
    bumper = curve("92,664 104,640 150,640 186,654 184,690 150,714 112,720 93,698")
    studio.paint(bumper, GRIP, bevel=10, puff=0.7, shadow=4)
    wedge = curve([(620, 700), (760, 640), (910, 640), (890, 662), (760, 668)])
    studio.paint(wedge, suede, bevel=6, shadow=2)


def _lugs(studio: Studio) -> None:
    blocks = []
    for index, x in enumerate(np.arange(130, 900, 46)):
        lift = 12 * max(0, 2 - index) ** 1.5
        blocks.append(polygon([(x, 730), (x + 34, 730), (x + 30, 768 - lift), (x + 5, 768 - lift)]))
    studio.paint(blocks, GRIP, bevel=7, puff=0.7, shadow=0)


def sole(trim: str) -> Image.Image:
    """Upright, from below: lugs on a dark outsole."""
    studio = Studio(seed=131)
    tread = curve(
        "500,66 600,96 664,200 676,330 640,470 616,600 640,740 632,870 560,934 480,940 "
        "408,890 392,770 404,620 378,480 344,330 366,180 430,88"
    )
    base = studio.paint(tread, GRIP, bevel=26, puff=0.6, shadow=22)
    lugs: list[Outline] = []
    for row, y in enumerate(range(96, 930, 62)):
        for x in range(330 + 34 * (row % 2), 720, 70):
            arrow = polygon(
                [
                    (x, y),
                    (x + 25, y + 22),
                    (x + 50, y),
                    (x + 50, y + 24),
                    (x + 25, y + 46),
                    (x, y + 24),
                ]
            )
            lugs.append(arrow)
    studio.paint(lugs, GRIP.dyed("#4a4a4e"), bevel=7, puff=0.9, shadow=7, inside=base)
    studio.paint(ellipse(516, 560, 52, 30), SUEDE.dyed(trim), bevel=6, shadow=5)
    studio.paint(stroke(np.concatenate([tread, tread[:2]]), 12), FOAM, bevel=5, shadow=2)
    return studio.on_white(floor=3000)


def top(dye: str, trim: str) -> Image.Image:
    """A pair from above."""
    studio = Studio(seed=141)
    for flip in (False, True):
        _from_above(studio, KNIT.dyed(dye), SUEDE.dyed(trim), flip)
    return studio.on_white(floor=3000)


def _from_above(studio: Studio, knit: Material, suede: Material, flip: bool) -> None:
    def place(outline: Outline) -> Outline:
        slanted = moved(turned(outline, -5, 280, 500), 62, 0)
        return mirrored(slanted) if flip else slanted

    edge = curve(
        "280,92 370,130 412,260 400,460 378,700 372,850 280,912 186,850 180,700 160,460 "
        "150,260 192,130"
    )
    studio.paint(place(edge), FOAM, bevel=20, puff=0.8, shadow=26)
    studio.paint(
        place((edge - (280, 500)) * (0.92, 0.96) + (280, 500)),
        knit,
        bevel=44,
        puff=0.7,
        bulge=70,
        shadow=5,
    )
    toe = curve(
        [(280, 116), (356, 150), (388, 250), (330, 300), (230, 300), (172, 250), (206, 150)]
    )
    studio.paint(place(toe), suede, bevel=30, puff=0.6, bulge=50, shadow=5)
    opening = curve("280,520 344,560 352,700 334,830 280,862 226,830 208,700 216,560")
    studio.paint(place(opening), suede, bevel=18, puff=0.8, shadow=6)
    studio.paint(
        place((opening - (280, 695)) * 0.78 + (280, 700)),
        LINING.dyed("#191817"),
        bevel=30,
        puff=-0.7,
        shadow=0,
    )
    tongue = rounded(232, 300, 328, 600, 34)
    studio.paint(place(tongue), suede, bevel=16, puff=0.6, shadow=8)
    for y in range(322, 560, 40):
        for line in (
            [(208, y), (280, y + 14), (352, y)],
            [(208, y + 18), (280, y + 4), (352, y + 18)],
        ):
            studio.paint(
                place(stroke(curve(line, closed=False), 14)), LACE, bevel=6, puff=0.9, shadow=5
            )
