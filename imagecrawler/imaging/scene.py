"""What tells a drawing, a thing on plain ground and a scene apart, from a picture of some 128 px.

All figures are shares (0 to 1) but for those whose unit is given.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from imagecrawler.imaging.colour import Lab
from imagecrawler.imaging.ground import Ground
from imagecrawler.imaging.summary import share

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

# In units of L*a*b*: an edge, no change that is seen.
_EDGE = 12.0
_STILL = 1.5

_LEAST = np.array([[0], [128], [128]], dtype=np.float32)
_STEPS = np.array([[1 / 7], [1 / 8], [1 / 8]], dtype=np.float32)
_DEGREES = np.float32(180 / np.pi)

_SPECK = 0.02
"""A line of pixels with a smaller share of foreground counts as ground."""


def scene(colours: Lab, ground: Ground) -> dict[str, float]:
    """All figures by name; of a picture below 3 px a side they are zeros."""
    if min(colours.shape[:2]) < 3:
        return dict.fromkeys(NAMES, 0.0)
    foreground, lightness = ground.foreground, colours[..., 0]
    across = np.abs(lightness[:, 1:] - lightness[:, :-1])
    down = np.abs(lightness[1:] - lightness[:-1])
    return {
        **_ground(ground, foreground.shape),
        **_layout(foreground),
        **_hues(colours, foreground),
        **_edges(across, down),
        "soft": share((ground.distance > 1) & ~foreground),
        "shaded": _shaded(across, foreground[:, 1:]),
    }


NAMES = (
    *("ground_lightness", "ground_chroma", "ground_sides", "ground_smooth", "touched"),
    *("row_runs", "column_runs", "filled", "middle"),
    *("colourful", "vivid", "hues", "skin", "green", "sky", "dominant"),
    *("hard", "straight", "soft", "shaded"),
)


def _ground(ground: Ground, shape: tuple[int, ...]) -> dict[str, float]:
    """Of the border: L* (0 to 1), chroma (in 100), its three evenest sides, steps not seen."""
    match = sorted(share(each) for each in ground.matches)
    steps = np.abs(ground.border[1:] - ground.border[:-1]).max(axis=1)
    height, width = shape
    # where a side ends and the next begins
    along = np.delete(steps, (width - 1, 2 * width - 1, 2 * width + height - 1))
    lightness, *chroma = ground.colour
    return {
        "ground_lightness": float(lightness) / 100,
        "ground_chroma": float(np.hypot(*chroma)) / 100,
        "ground_sides": sum(match[1:]) / 3,
        "ground_smooth": share(along < _STILL),
        "touched": sum(part < 0.9 for part in match) / 4,
    }


def _layout(foreground: Mask) -> dict[str, float]:
    """How what is not ground is spread: runs (log2) of rows and columns, how full its box is."""
    height, width = foreground.shape
    counted = foreground.view(np.uint8)
    rows = counted.sum(axis=1, dtype=np.uint16) / width > _SPECK
    columns = counted.sum(axis=0, dtype=np.uint16) / height > _SPECK
    box = share(rows) * share(columns)
    middle = foreground[height // 3 : -(height // 3), width // 3 : -(width // 3)]
    return {
        "row_runs": float(np.log2(1 + _runs(rows))),
        "column_runs": float(np.log2(1 + _runs(columns))),
        "filled": share(foreground) / box if box else 0.0,
        "middle": share(middle),
    }


def _runs(line: Mask) -> int:
    return int(line[0]) + int((line[1:] & ~line[:-1]).sum())


def _hues(colours: Lab, foreground: Mask) -> dict[str, float]:
    """Colours of what is not ground; ``hues`` is the number (log2) of twelfths that are used."""
    # Every fourth pixel is enough for shares of colours.
    seen = _pixels(colours[::2, ::2], foreground[::2, ::2])
    chroma = np.sqrt(seen[1] * seen[1] + seen[2] * seen[2])
    coloured = np.flatnonzero(chroma > 12)
    return {
        "colourful": float(chroma.mean()) / 100,
        "vivid": share(chroma > 55),
        **_named_hues(seen.take(coloured, axis=1), chroma.take(coloured), len(chroma)),
        "dominant": _dominant(seen),
    }


def _named_hues(seen: Floats, chroma: Floats, number: int) -> dict[str, float]:
    """Of coloured pixels among ``number`` in all."""
    lightness, a, b = seen
    angle = np.arctan2(b, a) * _DEGREES
    angle[angle < 0] += 360
    twelfths = np.bincount((angle / 30).astype(np.intp), minlength=12) / number
    skin = (angle > 30) & (angle < 80) & (chroma < 45) & (lightness > 30)
    sky = (angle > 220) & (angle < 300) & (lightness > 45)
    return {
        "hues": float(np.log2(1 + np.count_nonzero(twelfths > 0.03))),
        "skin": np.count_nonzero(skin) / number,
        "green": np.count_nonzero((angle > 100) & (angle < 170)) / number,
        "sky": np.count_nonzero(sky) / number,
    }


def _pixels(colours: Lab, foreground: Mask) -> Floats:
    """Those of the foreground, or all where there is none, of shape (3, pixels)."""
    planes = np.moveaxis(colours, -1, 0).reshape(3, -1)
    chosen = np.flatnonzero(foreground)
    return planes.take(chosen, axis=1) if len(chosen) else planes


def _dominant(seen: Floats) -> float:
    """The share that the three commonest colours have, in steps of some 8 units."""
    lightness, a, b = ((seen + _LEAST) * _STEPS).astype(np.int32)
    counts = np.bincount(lightness << 10 | a << 5 | b)
    commonest = float(np.sort(counts[counts > 0])[-3:].sum())
    return commonest / len(lightness)


def _edges(across: Floats, down: Floats) -> dict[str, float]:
    """Of the strong edges: ``hard`` between areas without grain, ``straight`` along the axes."""
    strong = (across[:, 1:-1] > _EDGE, down[1:-1] > _EDGE)
    total = sum(map(np.count_nonzero, strong))
    if not total:
        return {"hard": 0.0, "straight": 0.0}
    rows, columns = across < _STILL, down < _STILL
    calm = (rows[:, :-2] & rows[:, 2:], columns[:-2] & columns[2:])
    hard = sum(np.count_nonzero(edge & still) for edge, still in zip(strong, calm, strict=True))
    straight = np.count_nonzero(strong[0][1:] & strong[0][:-1] & columns[:, 1:-2])
    straight += np.count_nonzero(strong[1][:, 1:] & strong[1][:, :-1] & rows[1:-2])
    return {"hard": hard / total, "straight": straight / total}


def _shaded(across: Floats, foreground: Mask) -> float:
    """The share of what is not ground where light changes gently, as on round and matt things."""
    number = np.count_nonzero(foreground)
    gently = (across > 0.3) & (across < 4) & foreground
    return np.count_nonzero(gently) / number if number else 0.0
