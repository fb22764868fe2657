"""Products cut out of their studio, and put into scenes."""

from __future__ import annotations

import numpy as np
from drawing.materials import linear
from drawing.noise import Field
from drawing.shapes import Patch
from drawing.studio import Studio
from PIL import Image


def sprite(studio: Studio, height: int) -> Image.Image:
    """A product cut out of its studio, trimmed, at a height in pixels."""
    picture = studio.cut_out()
    picture = picture.crop(picture.getchannel("A").getbbox())
    return picture.resize(
        (picture.width * height // picture.height, height), Image.Resampling.LANCZOS
    )


def stand(
    scene: Field, picture: Image.Image, *, x: int, base: int, tint: str, light: float = 1.0
) -> None:
    """Put a cut-out into a scene, its foot on row ``base``, in the scene's light."""
    rgba = np.asarray(picture, dtype=np.float32) / 255
    height, width = rgba.shape[:2]
    left, top = x - width // 2, base - height
    where = (slice(top, base), slice(left, left + width))
    _ground_shadow(scene, x, base, width)
    body = rgba[..., :3] ** 2.2 * linear(tint) * light
    cover = rgba[..., 3:]
    scene[where] = scene[where] * (1 - cover) + body * cover


def _ground_shadow(scene: Field, x: int, base: int, width: int) -> None:
    y, across = np.ogrid[0 : scene.shape[0], 0 : scene.shape[1]]
    shade = np.exp(-(((across - x) / (width * 0.56)) ** 4) - ((y - base + 3) / 13) ** 2)
    scene *= (1 - 0.7 * shade[..., None]).astype(np.float32)


def join(studio: Studio, picture: Image.Image, *, left: int, base: int) -> None:
    """Lay a cut-out into another studio, its lower left corner at a pixel."""
    rgba = np.asarray(picture, dtype=np.float32) / 255
    patch = Patch(left, base - picture.height, rgba[..., 3])
    studio.lay(patch, rgba[..., :3] ** 2.2)
