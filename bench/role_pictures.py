"""Pictures made for training roles: things on other grounds, crops, drawings.

A corpus of one studio teaches that things stand on white. Here they are cut out and laid on other
grounds and into scenes, and what shops draw is drawn: banners, logos, icons, charts, cards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from role_corpus import Picture
from role_drawings import DRAWINGS, write
from role_things import gadget

Rng = np.random.Generator
Colour = tuple[int, int, int]

_KEY = (255, 0, 255)

SIDE = 480
"""Long side of what is made; features are taken from 128 px."""


def compose(corpus: Sequence[Picture], seed: int = 1) -> list[Picture]:
    """Some twelve hundred pictures, the same for the same corpus."""
    rng = np.random.default_rng(seed)
    things = [p for p in corpus if p.role == "product" and not p.ambiguous]
    scenes = [p for p in corpus if p.role == "lifestyle"]
    made = [*_drawings(rng), *_gadgets(rng)]
    if things:
        made += _studio(things, rng)
        made += _advertisements(things, rng)
    if scenes:
        made += _crops(scenes, rng)
    if things and scenes:
        made += _staged(things, scenes, rng)
    return made


def _studio(things: Sequence[Picture], rng: Rng) -> Iterator[Picture]:
    """Things on plain, graded and dark grounds, as transparent PNGs, small, close."""
    for number in range(330):
        thing = things[rng.integers(len(things))]
        cut = _cut_out(thing, rng)
        if number % 6 == 0:
            yield _picture(cut, "product", thing.styles, rng, form="PNG")
            continue
        if number % 6 == 1:
            yield _picture(_close_up(thing, rng), "product", thing.styles, rng)
            continue
        size = _size(rng)
        ground = _graded(size, rng) if number % 2 else Image.new("RGB", size, _pale(rng))
        _lay(ground, cut, rng, shadow=number % 3 > 0)
        yield _picture(ground, "product", thing.styles, rng)


def _gadgets(rng: Rng) -> Iterator[Picture]:
    for number in range(150):
        size = _size(rng, 2)
        ground = Image.new("RGB", size, _pale(rng)) if number % 4 else _graded(size, rng)
        _lay(ground, gadget(rng), rng, shadow=number % 3 > 0)
        yield _picture(ground, "product", frozenset(), rng)


def _staged(things: Sequence[Picture], scenes: Sequence[Picture], rng: Rng) -> Iterator[Picture]:
    for _ in range(140):
        thing, scene = things[rng.integers(len(things))], scenes[rng.integers(len(scenes))]
        ground = _crop(_opened(scene), rng, 0.5)
        _lay(ground, _cut_out(thing, rng), rng, shadow=True)
        yield _picture(ground, "lifestyle", thing.styles | scene.styles, rng)


def _crops(scenes: Sequence[Picture], rng: Rng) -> Iterator[Picture]:
    for _ in range(200):
        scene = scenes[rng.integers(len(scenes))]
        yield _picture(_crop(_opened(scene), rng, 0.6), "lifestyle", scene.styles, rng)


def _advertisements(things: Sequence[Picture], rng: Rng) -> Iterator[Picture]:
    """A thing beside, above or below several lines of text: a banner."""
    for _ in range(110):
        thing = things[rng.integers(len(things))]
        size = _size(rng, 2.2)
        ground = _graded(size, rng) if rng.random() < 0.4 else Image.new("RGB", size, _any(rng))
        cut = _cut_out(thing, rng)
        cut.thumbnail((size[0] // 2, size[1] // 2))
        ground.paste(cut, tuple(int(rng.uniform(0, s / 2)) for s in size), cut.getchannel("A"))
        write(ground, rng, lines=int(rng.integers(3, 7)))
        yield _picture(ground, "graphic", thing.styles, rng)


def _drawings(rng: Rng) -> Iterator[Picture]:
    for draw in DRAWINGS:
        for _ in range(28):
            yield _picture(draw(rng), "graphic", frozenset(), rng, form="PNG")


def _picture(
    image: Image.Image, role: str, styles: frozenset[str], rng: Rng, form: str = ""
) -> Picture:
    """Encoded as shops do: mostly JPEG of some quality, at some size."""
    side = int(rng.uniform(0.35, 1) * SIDE) + 40
    image = image.resize(_within(image.size, side), Image.Resampling.LANCZOS)
    if form == "PNG" and image.mode == "RGB" and rng.random() < 0.5:
        form = ""
    options: dict[str, Any] = {} if form else {"quality": int(rng.integers(60, 95))}
    target = BytesIO()
    image.save(target, form or "JPEG", **options)
    return Picture(target.getvalue(), role, styles, composed=True)


def _within(size: tuple[int, int], side: int) -> tuple[int, int]:
    scale = side / max(size)
    return max(8, round(size[0] * scale)), max(8, round(size[1] * scale))


def _size(rng: Rng, longest: float = 1.6) -> tuple[int, int]:
    ratio = float(np.exp(rng.uniform(-np.log(longest), np.log(longest))))
    return _within((round(1000 * ratio), 1000), SIDE)


def _opened(picture: Picture) -> Image.Image:
    return _small(picture.body).copy()


@cache
def _small(body: bytes) -> Image.Image:
    image = Image.open(BytesIO(body))
    image.draft("RGB", (SIDE, SIDE))
    image = image.convert("RGB")
    image.thumbnail((SIDE, SIDE))
    return image


def _crop(image: Image.Image, rng: Rng, least: float) -> Image.Image:
    width, height = (int(side * rng.uniform(least, 1)) for side in image.size)
    x, y = int(rng.uniform(0, image.width - width)), int(rng.uniform(0, image.height - height))
    part = image.crop((x, y, x + width, y + height))
    return part.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else part


def _close_up(thing: Picture, rng: Rng) -> Image.Image:
    """The middle of it: hardly any ground is left."""
    image = _opened(thing)
    share = rng.uniform(0.35, 0.6)
    width, height = (int(side * share) for side in image.size)
    x, y = (image.width - width) // 2, int((image.height - height) * rng.uniform(0.3, 0.6))
    return image.crop((x, y, x + width, y + height))


def _cut_out(thing: Picture, rng: Rng) -> Image.Image:
    """The thing with alpha, at times in another tint, without the white around it."""
    image = _opened(thing)
    alpha = ImageChops.lighter(_reachable(image), _coloured(image))
    alpha = alpha.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.GaussianBlur(0.8))
    if rng.random() < 0.5:
        image = Image.blend(image, ImageChops.multiply(image, _tint(image.size, rng)), 0.8)
    image.putalpha(alpha)
    return image.crop(alpha.getbbox())


def _reachable(image: Image.Image) -> Image.Image:
    """255 where no white leads there from the corners; found on a small copy, for speed."""
    small = image.copy()
    small.thumbnail((80, 80))
    right, bottom = small.width - 1, small.height - 1
    for corner in ((0, 0), (right, 0), (0, bottom), (right, bottom)):
        ImageDraw.floodfill(small, corner, _KEY, thresh=28)
    apart = ImageChops.difference(small, Image.new("RGB", small.size, _KEY))
    inside = apart.convert("L").point(lambda level: 255 * (level > 0))
    return inside.filter(ImageFilter.MinFilter(3)).resize(image.size, Image.Resampling.NEAREST)


def _coloured(image: Image.Image) -> Image.Image:
    white = Image.new("RGB", image.size, image.getpixel((0, 0)))
    apart = ImageChops.difference(image, white).convert("L")
    return apart.point(lambda level: 255 * (level > 10))


def _lay(ground: Image.Image, cut: Image.Image, rng: Rng, *, shadow: bool) -> None:
    """Upright, within the ground or, one time in four, over its lower edge."""
    share = rng.uniform(0.4, 0.95)
    cut = cut.resize(_fit(cut.size, ground.size, share), Image.Resampling.LANCZOS)
    x = int((ground.width - cut.width) * rng.uniform(0.25, 0.75))
    y = int((ground.height - cut.height) * rng.uniform(0.3, 0.9))
    y += int(cut.height * 0.3) * (rng.random() < 0.25)
    alpha = cut.getchannel("A")
    if shadow:
        dark = alpha.filter(ImageFilter.GaussianBlur(9)).point(lambda level: level // 3)
        ground.paste((0, 0, 0), (x + 5, y + 9), dark)
    ground.paste(cut, (x, y), alpha)


def _fit(size: tuple[int, int], room: tuple[int, int], share: float) -> tuple[int, int]:
    scale = share * min(room[0] / size[0], room[1] / size[1])
    return max(4, int(size[0] * scale)), max(4, int(size[1] * scale))


def _graded(size: tuple[int, int], rng: Rng) -> Image.Image:
    """A studio's ground: light falls off across it, with a little grain."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    fall = np.hypot(x / size[0] - rng.uniform(0, 1), y / size[1] - rng.uniform(0, 1))
    shade = 1 - rng.uniform(0.1, 0.55) * fall / fall.max()
    grain = rng.normal(0, rng.uniform(0, 2), (size[1], size[0]))
    colour = np.array(_any(rng) if rng.random() < 0.5 else _pale(rng))
    values = colour * shade[..., None] + grain[..., None]
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _tint(size: tuple[int, int], rng: Rng) -> Image.Image:
    return Image.new("RGB", size, tuple(int(level) for level in rng.integers(60, 256, 3)))


def _any(rng: Rng) -> Colour:
    red, green, blue = (int(level) for level in rng.integers(0, 256, 3))
    return red, green, blue


def _pale(rng: Rng) -> Colour:
    """White, or nearly: what most shops take."""
    level = 255 if rng.random() < 0.4 else int(rng.integers(205, 255))
    return level, int(level - rng.integers(0, 12)), int(level - rng.integers(0, 18))
