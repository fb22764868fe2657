"""The Summit backpack from the side, from the back and close up."""

from __future__ import annotations

from drawing.backpack import (
    CORDURA,
    DARK_THREAD,
    HIDE,
    LINING,
    STEEL,
    THREAD,
    WEBBING,
    sew_zip,
)
from drawing.materials import Material, canvas_macro, leather
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

FLANK = curve(
    "392,224 470,178 560,180 612,236 640,400 652,620 640,820 590,872 470,876 392,868 "
    "352,800 344,640 356,420"
)
FLAP = curve(
    "368,300 404,196 486,148 570,152 620,214 640,330 612,372 520,400 420,452 352,440 344,380"
)
BACK_POUCH = curve([(360, 570), (300, 580), (272, 650), (276, 780), (314, 826), (380, 828)])
BOTTLE_POCKET = curve("420,600 500,586 590,600 606,700 598,822 556,858 450,858 412,822 404,700")


def side(dye: str) -> Image.Image:
    studio, cloth = Studio(seed=23), CORDURA.dyed(dye)
    loop = curve([(520, 186), (540, 112), (590, 104), (614, 150), (606, 214)], closed=False)
    studio.paint(stroke(loop, 20), WEBBING, bevel=8, shadow=0)
    strap = curve([(606, 214), (700, 268), (742, 400), (724, 560), (640, 800)], closed=False)
    studio.paint(stroke(strap, (46, 52, 50, 30, 22)), LINING, bevel=16, shadow=0)
    studio.paint(BACK_POUCH, cloth, bevel=26, puff=0.8, bulge=50, shadow=0, wear=4)
    studio.paint(FLANK, cloth, bevel=34, puff=0.8, bulge=130, shadow=0, wear=9)
    studio.stitch(
        curve([(600, 250), (622, 420), (632, 620), (622, 800)], closed=False), DARK_THREAD
    )
    _bottle(studio)
    studio.paint(BOTTLE_POCKET, cloth, bevel=22, puff=0.8, bulge=60, shadow=8, wear=5)
    hem = curve([(408, 622), (500, 604), (602, 622)], closed=False)
    studio.paint(stroke(hem, 18), WEBBING, bevel=5, shadow=4)
    studio.stitch(moved(hem, 0, 18), DARK_THREAD, length=6)
    _compression_strap(studio)
    studio.paint(FLAP, cloth, bevel=26, puff=0.7, bulge=90, shadow=12, wear=6)
    studio.stitch(curve([(360, 424), (420, 436), (520, 384), (612, 356)], closed=False), THREAD)
    studio.paint(stroke(polygon([(360, 410), (330, 500), (312, 590)]), 16), HIDE, bevel=5)
    studio.paint(rounded(316, 500, 344, 540, 6), STEEL, bevel=4, puff=0.9, shadow=4)
    return studio.on_white(floor=872, spread=215)


def _bottle(studio: Studio) -> None:
    steel = STEEL.dyed("#aeb4b8")
    studio.paint(rounded(444, 430, 566, 800, 30), steel, bevel=8, shadow=10, turned=True)
    studio.paint(rounded(470, 388, 540, 436, 12), WEBBING.dyed("#1c1d20"), bevel=6, turned=True)


def _compression_strap(studio: Studio) -> None:
    line = polygon([(352, 520), (500, 512), (646, 520)])
    studio.paint(stroke(line, 20), WEBBING, bevel=4, shadow=5)
    studio.paint(
        rounded(378, 494, 432, 538, 9), WEBBING.dyed("#141416"), bevel=6, puff=0.8, shadow=5
    )
    studio.paint(rounded(400, 500, 408, 532, 3), STEEL, bevel=2, shadow=2)


SHELL = curve(
    "322,226 500,176 678,226 714,420 734,640 722,812 658,866 500,874 342,866 278,812 "
    "266,640 286,420"
)


def back(dye: str) -> Image.Image:
    studio, cloth = Studio(seed=41), CORDURA.dyed(dye)
    loop = curve([(450, 190), (456, 120), (500, 104), (544, 120), (550, 190)], closed=False)
    studio.paint(stroke(loop, 24), WEBBING, bevel=8, shadow=0)
    for flip in (False, True):
        wing = curve([(300, 690), (200, 716), (150, 770), (182, 812), (300, 800)])
        studio.paint(mirrored(wing) if flip else wing, LINING, bevel=20, shadow=0, wear=3)
    studio.paint(SHELL, cloth, bevel=34, puff=0.8, bulge=140, shadow=0, wear=6)
    _padding(studio)
    for flip in (False, True):
        _shoulder_strap(studio, flip)
    studio.paint(rounded(446, 214, 554, 246, 8), HIDE, bevel=4, shadow=4)
    _sternum_strap(studio)
    return studio.on_white(floor=870, spread=265)


def _padding(studio: Studio) -> None:
    left = curve("352,300 470,290 482,400 482,700 468,800 350,796 322,640 334,420")
    for pad in (left, mirrored(left)):
        studio.paint(pad, LINING, bevel=24, puff=0.7, bulge=40, shadow=7)
    for y in (400, 500, 600, 700):
        for x in (350, 520):
            studio.tint(rounded(x, y, x + 130, y + 9, 4), "#303030", 0.8, blur=3)


def _shoulder_strap(studio: Studio, flip: bool) -> None:
    line = curve([(420, 236), (360, 300), (318, 430), (312, 560), (334, 650)], closed=False)
    tail = curve([(334, 640), (322, 730), (290, 820)], closed=False)
    if flip:
        line, tail = mirrored(line), mirrored(tail)
    studio.paint(stroke(tail, 20), WEBBING, bevel=4, shadow=8)
    studio.paint(
        stroke(line, (58, 72, 78, 74, 44)), LINING.dyed("#2b2d31"), bevel=20, puff=0.7, shadow=14
    )
    studio.stitch(_inset(line, 24), "#74767c", length=6)
    studio.stitch(_inset(line, -24), "#74767c", length=6)
    x, y = tail[2]
    studio.paint(
        rounded(x - 20, y - 4, x + 20, y + 28, 6), WEBBING.dyed("#101012"), bevel=5, puff=0.9
    )


def _inset(line: Outline, offset: float) -> Outline:
    ribbon = stroke(line, 2 * abs(offset))
    half = len(ribbon) // 2
    return ribbon[:half] if offset > 0 else ribbon[half:]


def _sternum_strap(studio: Studio) -> None:
    line = curve([(320, 462), (500, 486), (680, 462)], closed=False)
    studio.paint(stroke(line, 16), WEBBING, bevel=4, shadow=10)
    studio.paint(
        rounded(462, 464, 538, 506, 10), WEBBING.dyed("#141416"), bevel=6, puff=0.9, shadow=8
    )
    studio.paint(rounded(496, 470, 504, 500, 3), STEEL.dyed("#e0783a"), bevel=2, shadow=2)


def detail(dye: str) -> Image.Image:
    """A hand's breadth of it: weave, zip, leather strap and buckle."""
    studio = Studio(seed=57)
    cloth = Material(dye, canvas_macro, gloss=8, shine=0.05, mottle=0.09)
    studio.paint(rounded(-80, -80, 1080, 1080, 10), cloth, bevel=1, shadow=0)
    flap = curve(
        [(-100, -100), (1100, -100), (1100, 300), (820, 392), (480, 420), (140, 392), (-100, 320)]
    )
    studio.paint(flap, cloth, bevel=34, puff=0.7, bulge=90, shadow=26)
    hem = curve([(-60, 286), (140, 344), (480, 374), (820, 344), (1060, 262)], closed=False)
    for dy in (0, -34):
        studio.stitch(moved(hem, 0, dy), THREAD, length=26, width=8)
    sew_zip(studio, curve([(-60, 806), (300, 836), (700, 836), (1060, 806)], closed=False), 3.4)
    _close_buckle(studio)
    return studio.on_white(floor=2000)


def _close_buckle(studio: Studio) -> None:
    hide = Material("#8a5227", leather, gloss=18, shine=0.18, mottle=0.1)
    strap = turned(rounded(392, -60, 590, 730, 60), 4)
    studio.paint(strap, hide, bevel=24, shadow=26, wear=5)
    for x in (416, 566):
        studio.stitch(turned(polygon([(x, -60), (x, 670)]), 4), THREAD, length=26, width=8)
    frame, hole = (
        turned(rounded(330, 400, 652, 590, 44), 4),
        turned(rounded(376, 446, 606, 544, 22), 4),
    )
    studio.paint(frame, STEEL, bevel=24, puff=0.9, holes=[hole], shadow=22)
    studio.paint(turned(rounded(480, 420, 504, 580, 12), 4), STEEL, bevel=12, puff=1, shadow=10)
    for y in (630, 680):
        studio.paint(turned(ellipse(492, y, 13, 13), 4), WEBBING, bevel=5, puff=-0.8, shadow=0)
