"""Things as they are sold, made of shaded parts: what a corpus of garments lacks."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Rng = np.random.Generator

SIDE = 360


def gadget(rng: Rng) -> Image.Image:
    """Some slabs, rods, discs and shells of metal or plastic, with alpha around them."""
    image = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    tint = rng.integers(15, 235) + rng.normal(0, rng.choice([4, 40]), 3)
    for _ in range(int(rng.integers(1, 7))):
        mask = _part(rng)
        image.paste(_surface(rng, np.clip(tint * rng.uniform(0.5, 1.3), 8, 245)), mask=mask)
        image.putalpha(_union(image.getchannel("A"), mask))
    box = image.getbbox() or (0, 0, SIDE, SIDE)
    return image.crop(box)


def _part(rng: Rng) -> Image.Image:
    """The outline of a part, turned."""
    mask = Image.new("L", (SIDE, SIDE), 0)
    draw = ImageDraw.Draw(mask)
    width, height = SIDE * rng.uniform(0.2, 0.8), SIDE * rng.choice([0.03, 0.08, 0.25, 0.5])
    x, y = rng.uniform(0.1, 0.9, 2) * (SIDE - width, SIDE - height)
    box = (x, y, x + width, y + height)
    match int(rng.integers(4)):
        case 0:
            draw.ellipse(box, fill=255)
        case 1:
            draw.rounded_rectangle(box, height / 3, fill=255)
        case 2:
            draw.arc((x, y, x + width, y + width), 200, 200 + rng.uniform(60, 300), 255, 12)
        case _:
            slant = width * 0.2
            draw.polygon(
                ((x + slant, y), (x + width, y), (x + width - slant, y + height), (x, y + height)),
                fill=255,
            )
    turned = mask.rotate(rng.uniform(-40, 40) * (rng.random() < 0.5))
    return turned.filter(ImageFilter.GaussianBlur(0.7))


def _surface(rng: Rng, colour: np.ndarray) -> Image.Image:
    """Light falling from one side, a gleam, a little grain."""
    y, x = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32) / SIDE
    turn = rng.uniform(0, 2 * np.pi)
    along = np.cos(turn) * x + np.sin(turn) * y
    shade = 1 + rng.uniform(0.1, 0.5) * np.sin(rng.uniform(2, 9) * along + rng.uniform(0, 6))
    gleam = rng.uniform(0, 110) * np.exp(-(((along - rng.uniform(0, 1)) * 12) ** 2))
    values = colour * shade[..., None] + gleam[..., None] + rng.normal(0, 2, (SIDE, SIDE, 1))
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _union(one: Image.Image, other: Image.Image) -> Image.Image:
    return Image.fromarray(np.maximum(np.asarray(one), np.asarray(other)))
