"""The Summit backpack: front, side, back and a close-up, in any dye."""

from __future__ import annotations

from drawing.materials import Material, brushed, leather, mesh, weave
from drawing.shapes import (
    Outline,
    curve,
    ellipse,
    mirrored,
    moved,
    polygon,
    rounded,
    stroke,
)
from drawing.studio import Studio
from PIL import Image

CORDURA = Material("#2f4f3e", weave, gloss=7, shine=0.05, mottle=0.05)
HIDE = Material("#8a5227", leather, gloss=18, shine=0.16, mottle=0.08)
WEBBING = Material("#26262a", weave, gloss=9, shine=0.06)
LINING = Material("#33353a", mesh, gloss=6, shine=0.03)
STEEL = Material("#c9c6bf", brushed, gloss=40, shine=0.5, mirror=0.7, metal=True)
THREAD = "#d9cfb4"
DARK_THREAD = "#15161a"

BODY = curve(
    "322,232 500,172 678,232 716,420 738,640 726,812 660,868 500,876 340,868 274,812 "
    "262,640 284,420"
)
LID = curve(
    "312,262 352,182 500,150 648,182 688,262 702,372 690,436 600,462 500,468 400,462 "
    "310,436 298,372"
)
LID_SEAM = curve(
    [(312, 372), (322, 424), (404, 448), (500, 453), (596, 448), (678, 424), (688, 372)],
    closed=False,
)
POCKET = curve(
    "330,560 420,546 580,546 670,560 690,640 688,770 650,824 500,832 350,824 312,770 310,640"
)


def front(dye: str) -> Image.Image:
    return front_parts(dye).on_white(floor=870, spread=265)


def front_parts(dye: str) -> Studio:
    """The front view alone, for scenes."""
    studio = Studio(seed=11)
    cloth = CORDURA.dyed(dye)
    _handle(studio)
    for side in (False, True):
        _side_pocket(studio, cloth, side)
    studio.paint(BODY, cloth, bevel=34, puff=0.8, bulge=170, shadow=0, wear=7)
    _pocket(studio, cloth)
    studio.paint(LID, cloth, bevel=26, puff=0.7, bulge=120, shadow=13, wear=5)
    studio.stitch(LID_SEAM, THREAD)
    for x in (412, 588):
        _closure(studio, x)
    _badge(studio, 500, 322)
    return studio


def _handle(studio: Studio) -> None:
    loop = curve([(452, 186), (456, 118), (500, 102), (544, 118), (548, 186)], closed=False)
    studio.paint(stroke(loop, 24), WEBBING, bevel=8, shadow=0)
    for flip in (False, True):
        strap = curve([(352, 210), (292, 268), (248, 410), (262, 620)], closed=False)
        studio.paint(stroke(mirrored(strap) if flip else strap, 40), LINING, bevel=16, shadow=0)


def _side_pocket(studio: Studio, cloth: Material, flip: bool) -> None:
    outline = curve(
        [(330, 556), (258, 562), (228, 640), (224, 770), (248, 836), (300, 856), (350, 846)]
    )
    edge = curve([(300, 560), (258, 566), (238, 590)], closed=False)
    if flip:
        outline, edge = mirrored(outline), mirrored(edge)
    studio.paint(outline, cloth, bevel=26, puff=0.8, shadow=0, wear=4)
    studio.paint(stroke(edge, 12), WEBBING, bevel=4, shadow=3)


def _pocket(studio: Studio, cloth: Material) -> None:
    studio.paint(POCKET, cloth, bevel=30, puff=0.75, bulge=80, shadow=10, wear=5)
    sew_zip(studio, curve([(338, 604), (420, 592), (580, 592), (662, 604)], closed=False))
    seam = [(334, 640), (334, 770), (364, 806), (500, 814), (636, 806), (666, 770), (666, 640)]
    studio.stitch(curve(seam, closed=False), DARK_THREAD, length=6)
    studio.paint(rounded(344, 594, 366, 640, 6), HIDE, bevel=4, shadow=5)


def sew_zip(studio: Studio, line: Outline, size: float = 1.0) -> None:
    studio.paint(stroke(line, 20 * size), WEBBING, bevel=4 * size, shadow=3 * size)
    studio.stitch(line, "#a8a59c", length=2.6 * size, width=6 * size)
    for dy in (-15 * size, 15 * size):
        studio.stitch(moved(line, 0, dy), DARK_THREAD, length=6 * size, width=2.2 * size)


def _closure(studio: Studio, x: float) -> None:
    """A leather strap from the lid to the body, through a steel buckle."""
    strap = rounded(x - 19, 352, x + 19, 566, 10)
    studio.paint(strap, HIDE, bevel=7, shadow=9)
    for dx in (-13, 13):
        studio.stitch(polygon([(x + dx, 360), (x + dx, 556)]), THREAD, length=5.5, width=1.8)
    frame, hole = rounded(x - 31, 470, x + 31, 516, 9), rounded(x - 22, 479, x + 22, 507, 5)
    studio.paint(frame, STEEL, bevel=5, puff=0.9, holes=[hole], shadow=6)
    studio.paint(rounded(x - 3, 474, x + 3, 512, 3), STEEL, bevel=3, puff=1, shadow=3)
    studio.paint([ellipse(x, y, 3, 3) for y in (532, 546)], WEBBING, bevel=2, shadow=0)


def _badge(studio: Studio, x: float, y: float, size: float = 1.0) -> None:
    """The maker's patch: a peak on leather."""
    studio.paint(
        rounded(x - 46 * size, y - 32 * size, x + 46 * size, y + 32 * size, 8 * size),
        HIDE,
        bevel=4 * size,
        shadow=4 * size,
    )
    peak = polygon([(-30, 16), (-10, -14), (0, 0), (8, -8), (30, 16)])
    studio.tint(moved(peak, x, y, size), "#6b4a33", 0.85)
