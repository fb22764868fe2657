"""Whether two pictures with like hashes are the same picture: colours and detail, place by place.

A hash of the grey picture cannot tell a garment from the same garment in another colour, so small
copies are laid over each other. Forgiven are what shops do to one photograph: a trimmed margin,
another exposure, a badge in a corner.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from imagecrawler.imaging.colour import lab
from imagecrawler.imaging.hashing import hamming
from imagecrawler.items import Measurements

Thumbnail = npt.NDArray[np.float32]
Floats = npt.NDArray[np.floating[Any]]
Mask = npt.NDArray[np.bool_]

SIDE = 48
"""Thumbnails are SIDE x SIDE x 3, L*a*b*, whatever the picture's proportions."""

GATE = 14
"""Bits of Hamming distance up to which colours and details are compared at all."""

MAX_DIFFERENCE = 7.0
"""Measured on 3,000 labelled pairs of shop photographs: of two versions of one picture 99 % lie
below, of two colours of one garment none below 9.7."""

MAX_SHIFT = 0.12
"""Of half a side, for crops of up to about 5 % an axis."""

MAX_TONE = 9.0
"""L*, what a tenth more or less exposure changes; black and grey variants lie further apart."""

# Of the mean colours (a*b*), which neither crops nor exposure change much: 3.0 is the most between
# two of 1,660 labelled versions, and matching takes a hundred times as long as to see it.
_OTHER_COLOURS = 10.0

_BLOCK = 4
# In blocks: a quarter of a side, which holds the badges shops use with their margin.
_CORNER = 3
_STEPS = 6
_HUBER = 4.0
_IDENTITY = np.array([1.0, 0.0, 1.0, 0.0])
_AXIS = np.linspace(-1, 1, SIDE)


class Pictured(Protocol):
    """What is needed to compare: satisfied by ``Examined`` and ``ScoredImage``."""

    @property
    def sha256(self) -> str: ...  # noqa: D102
    @property
    def measured(self) -> Measurements: ...  # noqa: D102
    @property
    def thumbnail(self) -> Any: ...  # noqa: D102


def thumbnail(picture: Image.Image) -> Thumbnail:
    """The picture squeezed to a small square, L*a*b*."""
    # pixel by pixel, as it goes over the wire and is compared
    return np.ascontiguousarray(lab(picture.resize((SIDE, SIDE), Image.Resampling.BOX)))


def same_picture(a: Pictured, b: Pictured) -> bool:
    """Whether two examined pictures show the same: the same bytes, or alike in hash and detail."""
    if a.sha256 == b.sha256:
        return True
    near = hamming(a.measured.phash, b.measured.phash) <= GATE
    return near and alike(a.thumbnail, b.thumbnail)


def alike(a: Thumbnail, b: Thumbnail) -> bool:
    """Whether two thumbnails show the same picture.

    Faint pictures must be closer than vivid ones, or all nearly plain ones would be alike.
    """
    limit = min(MAX_DIFFERENCE, _vividness(a) / 4, _vividness(b) / 4)
    if _as_they_are(a, b) <= limit:
        return True
    other_colours = np.linalg.norm((a - b)[..., 1:].mean(axis=(0, 1))) > _OTHER_COLOURS
    return not other_colours and _matched(a, b) <= limit


def _vividness(picture: Thumbnail) -> float:
    return float(np.ptp(picture, axis=(0, 1)).max())


def difference(a: Thumbnail, b: Thumbnail) -> float:
    """The largest local difference in L*a*b* units, as they are or with crop and tone matched.

    One corner is left out of account, the one whose absence helps most.
    """
    return min(_as_they_are(a, b), _matched(a, b))


def _as_they_are(a: Thumbnail, b: Thumbnail) -> float:
    return _worst_block((a - b).astype(np.float64))


def _matched(a: Thumbnail, b: Thumbnail) -> float:
    moved, inside = _aligned(a, b)
    return _worst_block((a - _toned(moved, a, inside)) * inside[..., None])


def _aligned(a: Thumbnail, b: Thumbnail) -> tuple[Floats, Mask]:
    """``b`` scaled and shifted onto ``a``, and where it has pixels.

    Gauss-Newton on lightness (Lucas and Kanade 1981) over one scale and one shift an axis, with
    Huber weights so that a badge does not pull.
    """
    warp = _IDENTITY
    target = a[..., 0].astype(np.float64)
    for _ in range(_STEPS):
        moved, inside = _warped(b, warp)
        step = _step(target, moved[..., 0], inside)
        warp = _IDENTITY + np.clip(warp + step - _IDENTITY, -MAX_SHIFT, MAX_SHIFT)
    return _warped(b, warp)


def _step(target: Floats, light: Floats, inside: Mask) -> Floats:
    """The change of warp that explains what is left, beside a gain and an offset of lightness."""
    down, across = np.gradient(light, _AXIS, _AXIS)
    columns = (across * _AXIS, across, down * _AXIS[:, None], down, light, np.ones_like(light))
    system = np.stack([column.ravel() for column in columns], axis=1)
    error = (target - light).ravel()
    weight = np.sqrt(inside.ravel() * np.minimum(1, _HUBER / np.maximum(np.abs(error), _HUBER)))
    return _fit(system * weight[:, None], error * weight)[:4]


def _warped(picture: Thumbnail, warp: Floats) -> tuple[Floats, Mask]:
    x, x_inside = _sampled(warp[0], warp[1])
    y, y_inside = _sampled(warp[2], warp[3])
    return np.einsum("yi,xj,ijc->yxc", y, x, picture, optimize=True), y_inside[:, None] & x_inside


def _sampled(scale: float, shift: float) -> tuple[Floats, Mask]:
    """Linear interpolation along one axis as a SIDE x SIDE matrix, and where it has data."""
    at = (scale * _AXIS + shift + 1) / 2 * (SIDE - 1)
    inside = (at > -0.5) & (at < SIDE - 0.5)
    return np.maximum(0, 1 - np.abs(np.clip(at, 0, SIDE - 1)[:, None] - np.arange(SIDE))), inside


def _toned(moved: Floats, a: Thumbnail, inside: Mask) -> Floats:
    """``moved`` with the lightness curve of ``a``, bent no further than MAX_TONE anywhere."""
    light = moved[..., 0]
    curve = np.stack([np.ones_like(light), light / 100, (light / 100) ** 2], axis=-1)
    bend = curve @ _fit(curve[inside], (a[..., 0] - light)[inside])
    result = moved.copy()
    result[..., 0] = light + np.clip(bend, -MAX_TONE, MAX_TONE)
    return result


def _fit(system: Floats, target: Floats) -> Floats:
    """Least squares with a trace of damping, for pictures too plain to determine anything."""
    damping = 1e-3 * np.eye(system.shape[1])
    return np.linalg.solve(system.T @ system + damping, system.T @ target)


def _worst_block(apart: Floats) -> float:
    """The largest mean difference of a block; a mean forgives edges that fall a little apart."""
    cells = SIDE // _BLOCK
    means = apart.reshape(cells, _BLOCK, cells, _BLOCK, 3).mean(axis=(1, 3))
    blocks = np.linalg.norm(means, axis=2)
    near, far = slice(None, _CORNER), slice(-_CORNER, None)
    worst = []
    for rows, columns in ((near, near), (near, far), (far, near), (far, far)):
        rest = blocks.copy()
        rest[rows, columns] = 0
        worst.append(rest.max())
    return float(min(worst))
