"""A canvas on which parts are laid over one another as reliefs, lit, shaded and developed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from drawing.materials import Material, linear, lit
from drawing.noise import Field, blurred, fractal, grain
from drawing.shapes import Outline, Patch, coverage, dashes
from PIL import Image

SIDE = 1600


class Studio:
    """Linear premultiplied RGB and alpha; coordinates run from 0 to 1000 over the width."""

    def __init__(self, width: int = SIDE, height: int = SIDE, seed: int = 1) -> None:
        self.size = (width, height)
        self.scale = width / 1000
        self.rgb = np.zeros((height, width, 3), np.float32)
        self.alpha = np.zeros((height, width), np.float32)
        self.seed = seed

    def paint(
        self,
        outline: Outline | Sequence[Outline],
        material: Material,
        *,
        bevel: float = 14.0,
        puff: float = 0.6,
        bulge: float = 0.0,
        shadow: float = 8.0,
        holes: Sequence[Outline] = (),
        turned: bool = False,
        wear: float = 0.0,
        inside: Patch | None = None,
    ) -> Patch | None:
        """Lay a part on top: its rim rounds over ``bevel`` units, its middle over ``bulge``.

        ``puff`` is the rim's height relative to its width. A ``turned`` part is a body of
        revolution about its own vertical axis. ``shadow`` is the blur of the shadow that falls
        on what lies below, in units; ``inside`` confines the part to another.
        """
        patch = self._cover(outline, holes, shadow, inside)
        if patch is None:
            return None
        self.seed += 1
        self._drop_shadow(patch, shadow)
        height = self._relief(patch.cover, bevel, puff, bulge)
        if wear:
            height += fractal(height.shape, 130 * self.scale, 3, self.seed) * wear * self.scale
        height += material.texture(height.shape, self.seed)
        normal = self._normals(height, patch.cover, turned)
        rim = np.clip(2 * blurred(patch.cover, 7 * self.scale) - 1, 0, 1)
        occlusion = 0.62 + 0.38 * rim
        if turned:
            occlusion = occlusion * (0.34 + 0.66 * normal[2])
        colour = lit(normal, material, occlusion, self.seed)
        self.lay(patch, colour)
        return patch

    def lay(self, patch: Patch, colour: Field) -> None:
        """Composite a colour, an (h, w, 3) field or one RGB, through the patch."""
        cover = patch.cover[..., None]
        self.rgb[patch.where] = self.rgb[patch.where] * (1 - cover) + colour * cover
        self.alpha[patch.where] = self.alpha[patch.where] * (1 - patch.cover) + patch.cover

    def tint(
        self,
        outline: Outline | Sequence[Outline],
        colour: str,
        strength: float = 1.0,
        blur: float = 0.0,
    ) -> None:
        """Dye what is there already, inside the outline."""
        patch = self._cover(outline, (), blur, None)
        if patch is not None:
            cover = (blurred(patch.cover, blur * self.scale) * strength)[..., None]
            self.rgb[patch.where] *= 1 - cover + cover * linear(colour)

    def glow(
        self,
        outline: Outline | Sequence[Outline],
        colour: str,
        strength: float = 1.0,
        blur: float = 0.0,
    ) -> None:
        """Add light inside the outline, on what is there already."""
        patch = self._cover(outline, (), blur * 3, None)
        if patch is not None:
            cover = (blurred(patch.cover, blur * self.scale) * strength)[..., None]
            self.rgb[patch.where] += cover * linear(colour) * self.alpha[patch.where][..., None]

    def stitch(self, line: Outline, thread: str, *, length: float = 7, width: float = 2.2) -> None:
        """A seam: a shallow groove with a row of stitches."""
        patch = self._cover(dashes(line, length, length * 0.55, width), (), 3, None)
        if patch is None:
            return
        groove = blurred(patch.cover, 2.2 * self.scale)[..., None]
        self.rgb[patch.where] *= 1 - 0.55 * groove
        light = 0.75 + 0.25 * np.roll(patch.cover, -1, axis=0)
        self.lay(patch, light[..., None] * linear(thread))

    def _cover(
        self,
        outline: Outline | Sequence[Outline],
        holes: Sequence[Outline],
        blur: float,
        inside: Patch | None,
    ) -> Patch | None:
        group = [outline] if isinstance(outline, np.ndarray) else list(outline)
        patch = coverage(group, holes, self.scale, (2 + 4 * blur) * self.scale, self.size)
        if patch is None or inside is None:
            return patch
        whole = np.zeros(self.alpha.shape, np.float32)
        whole[inside.where] = inside.cover
        return Patch(patch.x, patch.y, patch.cover * whole[patch.where])

    def _drop_shadow(self, patch: Patch, blur: float) -> None:
        if not blur:
            return
        shift = round(blur * 0.7 * self.scale)
        cast = np.roll(patch.cover, (shift, shift // 2), axis=(0, 1))
        dark = 0.62 * blurred(cast, blur * self.scale) + 0.3 * blurred(
            patch.cover, blur * 0.3 * self.scale
        )
        self.rgb[patch.where] *= 1 - np.clip(dark, 0, 0.85)[..., None]

    def _relief(self, cover: Field, bevel: float, puff: float, bulge: float) -> Field:
        height = np.zeros(cover.shape, np.float32)
        for radius, depth in ((bevel, puff), (bulge, 0.55)):
            if radius:
                rise = np.clip(2 * blurred(cover, radius * self.scale * 0.5) - 1, 0, 1)
                height += np.sqrt(1 - (1 - rise) ** 2) * np.float32(depth * radius * self.scale)
        return height

    def _normals(self, height: Field, cover: Field, turned: bool) -> tuple[Field, Field, Field]:
        dy, dx = np.gradient(height)
        if turned:
            across, along = _revolved(cover)
            dx, dy = dx - across, dy - along
        norm = 1 / np.sqrt(dx * dx + dy * dy + 1)
        return (-dx * norm, -dy * norm, norm)

    def on_white(
        self, *, floor: float = 860, spread: float = 300, tone: str = "#f6f5f3"
    ) -> Image.Image:
        """The finished photograph on a near-white studio sweep, standing on ``floor``."""
        backdrop = self._sweep(floor, spread, tone)
        return developed(self.rgb + backdrop * (1 - self.alpha[..., None]), self.seed)

    def _sweep(self, floor: float, spread: float, tone: str) -> Field:
        width, height = self.size
        y = np.linspace(0, 1000 * height / width, height, dtype=np.float32)[:, None]
        x = np.linspace(0, 1000, width, dtype=np.float32)[None, :]
        light = 1.0 - 0.10 * ((x - 430) / 700) ** 2 - 0.09 * ((y - 380) / 700) ** 2
        contact = np.exp(-(((x - 505) / spread) ** 4) - ((y - floor) / 16) ** 2)
        cast = np.exp(-(((x - 560) / (spread * 1.25)) ** 2) - ((y - floor - 8) / 46) ** 2)
        shade = light * (1 - 0.55 * contact) * (1 - 0.34 * cast)
        return shade[..., None] * linear(tone) * 1.02

    def cut_out(self) -> Image.Image:
        """The parts alone, on transparency."""
        clear = np.maximum(self.alpha, 1e-4)[..., None]
        picture = developed(self.rgb / clear, self.seed)
        picture.putalpha(Image.fromarray((self.alpha * 255).astype(np.uint8)))
        return picture


def _revolved(cover: Field) -> tuple[Field, Field]:
    """Slopes (rise per pixel) of the body of revolution that has this silhouette."""
    across = np.arange(cover.shape[1], dtype=np.float32)
    mass = np.maximum(cover.sum(1), 1)
    half = blurred((mass / 2)[:, None], 2.5)
    middle = blurred(((cover * across).sum(1) / mass)[:, None], 2.5)
    off = np.clip((across - middle) / np.maximum(half, 1), -0.985, 0.985)
    rise = np.sqrt(1 - off * off)
    return off / rise, -np.gradient(half, axis=0) / rise


def developed(rgb: Field, seed: int, *, noise: float = 0.009, exposure: float = 1.0) -> Image.Image:
    """Linear light to an sRGB picture, with a soft shoulder and film grain."""
    x = np.maximum(rgb * exposure, 0)
    x = np.where(x > 0.8, 0.8 + 0.2 * np.tanh((x - 0.8) / 0.2), x)
    srgb = np.where(x > 0.0031308, 1.055 * x ** (1 / 2.4) - 0.055, 12.92 * x)
    speckle = grain((rgb.shape[0], rgb.shape[1]), seed + 101) * noise
    srgb = srgb + speckle[..., None] * (1.2 - srgb)
    return Image.fromarray((np.clip(srgb, 0, 1) * 255 + 0.5).astype(np.uint8))
