"""What tells a drawing, a thing on plain ground and a scene apart, from a picture of some 128 px.

All figures are shares (0 to 1) but for those whose unit is given.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imagecrawler.imaging.colour import Lab
from imagecrawler.imaging.ground import Ground

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

# In units of L*a*b*: an edge, no change that is seen.
_EDGE = 12.0
_STILL = 1.5

_LEAST = np.array([0, 128, 128], dtype=np.float32)
_STEPS = np.array([1 / 7, 1 / 8, 1 / 8], dtype=np.float32)

_SPECK = 0.02
"""A line of pixels with a smaller share of foreground counts as ground."""


def scene(colours: Lab, ground: Ground) -> dict[str, float]:
    """All figures by name; of a picture below 3 px a side they are zeros."""
    if min(colours.shape[:2]) < 3:
        return dict.fromkeys(NAMES, 0.0)
    foreground = ground.foreground
    return {
        **_ground(ground),
        **_layout(foreground),
        **_hues(colours, foreground),
        **_edges(colours[..., 0]),
        "soft": float(((ground.distance > 1) & ~foreground).mean()),
        "shaded": _shaded(colours[..., 0], foreground),
    }


NAMES = (
    *("ground_lightness", "ground_chroma", "ground_sides", "ground_smooth", "touched"),
    *("row_runs", "column_runs", "filled", "middle"),
    *("colourful", "vivid", "hues", "skin", "green", "sky", "dominant"),
    *("hard", "straight", "soft", "shaded"),
)


def _ground(ground: Ground) -> dict[str, float]:
    """Of the border: L* (0 to 1), chroma (in 100), its three evenest sides, steps not seen."""
    match = sorted(float(each.mean()) for each in ground.matches)
    steps = [np.abs(np.diff(side, axis=0)).max(axis=1) for side in ground.sides]
    lightness, *chroma = ground.colour
    return {
        "ground_lightness": float(lightness) / 100,
        "ground_chroma": float(np.hypot(*chroma)) / 100,
        "ground_sides": sum(match[1:]) / 3,
        "ground_smooth": float((np.concatenate(steps) < _STILL).mean()),
        "touched": sum(share < 0.9 for share in match) / 4,
    }


def _layout(foreground: Mask) -> dict[str, float]:
    """How what is not ground is spread: runs (log2) of rows and columns, how full its box is."""
    rows = foreground.mean(axis=1) > _SPECK
    columns = foreground.mean(axis=0) > _SPECK
    box = float(rows.mean() * columns.mean())
    height, width = foreground.shape
    middle = foreground[height // 3 : -(height // 3), width // 3 : -(width // 3)]
    return {
        "row_runs": float(np.log2(1 + _runs(rows))),
        "column_runs": float(np.log2(1 + _runs(columns))),
        "filled": float(foreground.mean()) / box if box else 0.0,
        "middle": float(middle.mean()),
    }


def _runs(line: Mask) -> int:
    return int(line[0]) + int((line[1:] & ~line[:-1]).sum())


def _hues(colours: Lab, foreground: Mask) -> dict[str, float]:
    """Colours of what is not ground; ``hues`` is the number (log2) of twelfths that are used."""
    # Every fourth pixel is enough for shares of colours.
    colours, foreground = colours[::2, ::2], foreground[::2, ::2]
    seen = colours[foreground] if foreground.any() else colours.reshape(-1, 3)
    chroma = np.hypot(seen[:, 1], seen[:, 2])
    angle = np.degrees(np.arctan2(seen[:, 2], seen[:, 1])) % 360
    coloured = chroma > 12
    twelfths = np.bincount((angle[coloured] // 30).astype(np.intp), minlength=12) / len(seen)
    return {
        "colourful": float(chroma.mean()) / 100,
        "vivid": float((chroma > 55).mean()),
        "hues": float(np.log2(1 + (twelfths > 0.03).sum())),
        "skin": _share(coloured & (chroma < 45) & (angle > 30) & (angle < 80) & (seen[:, 0] > 30)),
        "green": _share(coloured & (angle > 100) & (angle < 170)),
        "sky": _share(coloured & (angle > 220) & (angle < 300) & (seen[:, 0] > 45)),
        "dominant": _dominant(seen),
    }


def _share(mask: Mask) -> float:
    return float(mask.mean())


def _dominant(seen: Lab) -> float:
    """The share that the three commonest colours have, in steps of some 8 units."""
    levels = ((seen + _LEAST) * _STEPS).astype(np.int32)
    counts = np.bincount(levels[:, 0] << 10 | levels[:, 1] << 5 | levels[:, 2], minlength=3)
    return float(np.partition(counts, -3)[-3:].sum()) / len(seen)


def _edges(lightness: Floats) -> dict[str, float]:
    """Of the strong edges: ``hard`` between areas without grain, ``straight`` along the axes."""
    across = np.abs(np.diff(lightness, axis=1))
    down = np.abs(np.diff(lightness, axis=0))
    strong = (across[:, 1:-1] > _EDGE, down[1:-1] > _EDGE)
    total = sum(int(mask.sum()) for mask in strong)
    if not total:
        return {"hard": 0.0, "straight": 0.0}
    calm = (
        (across[:, :-2] < _STILL) & (across[:, 2:] < _STILL),
        (down[:-2] < _STILL) & (down[2:] < _STILL),
    )
    hard = sum(int((edge & still).sum()) for edge, still in zip(strong, calm, strict=True))
    straight = int((strong[0][1:] & strong[0][:-1] & (down[:, 1:-2] < _STILL)).sum())
    straight += int((strong[1][:, 1:] & strong[1][:, :-1] & (across[1:-2] < _STILL)).sum())
    return {"hard": hard / total, "straight": straight / total}


def _shaded(lightness: Floats, foreground: Mask) -> float:
    """The share of what is not ground where light changes gently, as on round and matt things."""
    steps = np.abs(np.diff(lightness, axis=1))[foreground[:, 1:]]
    return float(((steps > 0.3) & (steps < 4)).mean()) if steps.size else 0.0
