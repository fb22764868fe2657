"""What shops draw, in some variety: text, logos, icons, swatches, charts, cards, maps, codes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont

Rng = np.random.Generator
Draw = Callable[[Rng], Image.Image]
Colour = tuple[int, int, int]

_TEXT = (
    "SALE free shipping on all orders shop now up to 40% OFF new collection Returns "
    "within 30 days secure payment Gift card Learn more size chart S M L XL Material "
    "cotton wash at support Save our best weekly specials members only 24/7 warranty "
    "Order today Find your style "
)
_WORDS = _TEXT.split()


def write(image: Image.Image, rng: Rng, lines: int, ink: Colour | None = None) -> None:
    """Lines of words in one to three sizes, and now and then a button."""
    draw = ImageDraw.Draw(image)
    y = image.height * rng.uniform(0.02, 0.3)
    for _ in range(lines):
        size = max(9, int(min(image.size) * rng.choice([0.06, 0.1, 0.17])))
        text = " ".join(rng.choice(_WORDS, int(rng.integers(2, 6))))
        place = (image.width * rng.uniform(0.02, 0.3), y)
        fill = ink or _contrast(image, place)
        draw.text(place, text, fill, ImageFont.load_default(size), stroke_width=size // 18)
        y += size * rng.uniform(1.1, 1.6)
    if rng.random() < 0.5:
        x = image.width * rng.uniform(0.05, 0.5)
        box = (x, y, x + image.width * 0.3, y + max(8, image.height * 0.1))
        draw.rounded_rectangle(box, 4, fill=_colour(rng))


def _contrast(image: Image.Image, place: tuple[float, float]) -> Colour:
    x, y = min(image.width - 1, int(place[0])), min(image.height - 1, int(place[1]))
    level = image.convert("L").getpixel((x, y))
    return (20, 20, 25) if isinstance(level, int) and level > 120 else (250, 250, 250)


def _banner(rng: Rng) -> Image.Image:
    image = Image.new("RGB", _size(rng, 1.2, 4), _ground(rng))
    write(image, rng, int(rng.integers(2, 6)))
    return image


def _graded_banner(rng: Rng) -> Image.Image:
    one, other = np.array(_colour(rng)), np.array(_colour(rng))
    width, height = _size(rng, 0.7, 3.5)
    along = np.linspace(0, 1, width)[None, :, None]
    values = np.broadcast_to(one + (other - one) * along, (height, width, 3))
    image = Image.fromarray(values.astype(np.uint8))
    write(image, rng, int(rng.integers(2, 6)))
    return image


def _logo(rng: Rng) -> Image.Image:
    image = _sheet(rng, _size(rng, 0.8, 3.5))
    draw = ImageDraw.Draw(image)
    height = image.height
    _shape(draw, rng, (height * 0.15, height * 0.15, height * 0.8, height * 0.8), _colour(rng))
    font = ImageFont.load_default(max(10, int(height * rng.uniform(0.25, 0.6))))
    draw.text((height * 0.9, height * 0.2), str(rng.choice(_WORDS)), _colour(rng), font)
    return image


def _emblem(rng: Rng) -> Image.Image:
    """One shape, flat and large, with a letter or another shape in it."""
    image = _sheet(rng, _size(rng, 0.8, 1.25))
    draw = ImageDraw.Draw(image)
    side = min(image.size)
    _shape(draw, rng, (side * 0.08, side * 0.08, side * 0.92, side * 0.92), _colour(rng))
    if rng.random() < 0.6:
        font = ImageFont.load_default(max(10, int(side * rng.uniform(0.2, 0.5))))
        word = str(rng.choice(_WORDS))[: int(rng.integers(1, 5))]
        draw.text((side * 0.3, side * 0.25), word, _colour(rng), font)
    return image


def _icons(rng: Rng) -> Image.Image:
    """A row or a grid of like shapes: payment marks, promises, stars, social icons."""
    columns, rows = int(rng.integers(2, 9)), int(rng.integers(1, 5))
    cell = int(rng.integers(50, 110))
    image = _sheet(rng, (columns * cell, rows * cell))
    draw = ImageDraw.Draw(image)
    ink = _colour(rng) if rng.random() < 0.5 else None
    for place in range(columns * rows):
        x, y = place % columns * cell, place // columns * cell
        _shape(draw, rng, (x + 8, y + 8, x + cell - 8, y + cell * 0.75), ink or _colour(rng))
        if rng.random() < 0.4:
            font = ImageFont.load_default(max(9, cell // 6))
            draw.text((x + 8, y + cell * 0.78), str(rng.choice(_WORDS)), (40, 40, 40), font)
    return image


def _swatch(rng: Rng) -> Image.Image:
    image = Image.new("RGB", _size(rng, 0.5, 2), _ground(rng))
    draw = ImageDraw.Draw(image)
    count = int(rng.integers(1, 6))
    step = image.width / count
    for place in range(count):
        box = (place * step + 3, 3, (place + 1) * step - 3, image.height - 3)
        (draw.ellipse if rng.random() < 0.5 else draw.rectangle)(box, fill=_colour(rng))
    return image


def _cloth(rng: Rng) -> Image.Image:
    """A swatch of cloth or leather: one colour with its grain or weave."""
    width, height = _size(rng, 0.6, 1.6)
    grain = rng.normal(0, rng.uniform(1, 12), (height, width))
    period = rng.uniform(2, 9)
    weave = rng.uniform(0, 8) * np.sin(np.arange(width) / period)[None, :]
    values = np.array(_colour(rng)) + (grain + weave)[..., None]
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _table(rng: Rng) -> Image.Image:
    """A size chart."""
    image = Image.new("RGB", _size(rng, 0.8, 2), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    columns, rows = int(rng.integers(3, 8)), int(rng.integers(4, 12))
    wide, high = image.width / columns, image.height / rows
    font = ImageFont.load_default(max(9, int(high * 0.45)))
    head = _colour(rng)
    for row in range(rows):
        fill = head if row == 0 else ((244, 244, 244) if row % 2 else (255, 255, 255))
        draw.rectangle((0, row * high, image.width, (row + 1) * high), fill=fill)
        for column in range(columns):
            text = str(rng.integers(20, 120)) if row else str(rng.choice(_WORDS))
            draw.text((column * wide + 5, row * high + 3), text, (40, 40, 40), font)
    return image


def _chart(rng: Rng) -> Image.Image:
    image = Image.new("RGB", _size(rng, 0.8, 2), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    write(image, rng, 1, (40, 40, 40))
    if rng.random() < 0.5:
        for place in range(8):
            x, top = image.width * (0.1 + place * 0.1), image.height * rng.uniform(0.3, 0.8)
            draw.rectangle((x, top, x + image.width * 0.06, image.height * 0.9), fill=_colour(rng))
    else:
        points = [
            (image.width * (0.1 + p * 0.05), image.height * rng.uniform(0.3, 0.9))
            for p in range(17)
        ]
        draw.line(points, _colour(rng), 4)
    return image


def _card(rng: Rng) -> Image.Image:
    """A gift card: rounded, plain or patterned, with a few words."""
    image = Image.new("RGB", _size(rng, 1.2, 1.8), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    inset = int(rng.integers(0, 30))
    box = (inset, inset, image.width - inset, image.height - inset)
    draw.rounded_rectangle(box, 24, fill=_colour(rng))
    for _ in range(int(rng.integers(0, 8))):
        x, y, size = rng.uniform(0.1, 0.8, 3) * (image.width, image.height, image.height / 2)
        _shape(draw, rng, (x, y, x + size, y + size), _colour(rng))
    write(image, rng, 2)
    return image


def _code(rng: Rng) -> Image.Image:
    side = int(rng.integers(21, 41))
    cells = (rng.random((side, side)) < 0.5).astype(np.uint8) * 255
    image = Image.fromarray(np.pad(cells, 3, constant_values=255)).convert("RGB")
    return image.resize((360, 360), Image.Resampling.NEAREST)


def _map(rng: Rng) -> Image.Image:
    """Flat regions with borders, as of delivery times."""
    image = Image.new("RGB", _size(rng, 1, 1.8), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    shades = [_colour(rng) for _ in range(4)]
    for _ in range(25):
        centre = rng.uniform(0.15, 0.85, 2) * image.size
        angles = np.sort(rng.uniform(0, 2 * np.pi, 7))
        reach = rng.uniform(20, 70, 7)[:, None]
        corners = centre + np.stack([np.cos(angles), np.sin(angles)], 1) * reach
        fill = shades[int(rng.integers(4))]
        draw.polygon([tuple(corner) for corner in corners], fill=fill, outline=(255, 255, 255))
    write(image, rng, 1, (60, 60, 60))
    return image


def _page(rng: Rng) -> Image.Image:
    """A page of text, as of instructions or a letter."""
    image = Image.new("RGB", _size(rng, 0.6, 1.2), _ground(rng))
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(int(rng.integers(9, 18)))
    ink = _contrast(image, (1, 1))
    for y in range(10, image.height - 10, int(font.size * 1.5)):
        draw.text((12, y), " ".join(rng.choice(_WORDS, 8)), ink, font)
    return image


DRAWINGS: tuple[Draw, ...] = (
    *(
        _banner,
        _graded_banner,
        _logo,
        _emblem,
        _icons,
        _swatch,
        _cloth,
        _table,
        _chart,
        _card,
        _code,
    ),
    *(_map, _page),
)


def _shape(
    draw: ImageDraw.ImageDraw, rng: Rng, box: tuple[float, float, float, float], fill: Colour
) -> None:
    x0, y0, x1, y1 = box
    match int(rng.integers(5)):
        case 0:
            draw.ellipse(box, fill=fill)
        case 1:
            draw.rounded_rectangle(box, min(x1 - x0, y1 - y0) / 5, fill=fill)
        case 2:
            draw.polygon([((x0 + x1) / 2, y0), (x1, y1), (x0, y1)], fill=fill)
        case 3:
            draw.ellipse(box, outline=fill, width=max(2, int((x1 - x0) / 8)))
        case _:
            draw.regular_polygon(((x0 + x1) / 2, (y0 + y1) / 2, (y1 - y0) / 2), 6, fill=fill)


def _sheet(rng: Rng, size: tuple[int, int]) -> Image.Image:
    if rng.random() < 0.35:
        return Image.new("RGBA", size, (255, 255, 255, 0))
    return Image.new("RGB", size, _ground(rng))


def _size(rng: Rng, least: float, most: float) -> tuple[int, int]:
    ratio = float(np.exp(rng.uniform(np.log(least), np.log(most))))
    return (420, round(420 / ratio)) if ratio > 1 else (round(420 * ratio), 420)


def _ground(rng: Rng) -> Colour:
    return (255, 255, 255) if rng.random() < 0.5 else _colour(rng)


def _colour(rng: Rng) -> Colour:
    red, green, blue = (int(level) for level in rng.integers(0, 256, 3))
    return red, green, blue
