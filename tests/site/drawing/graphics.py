"""What is no photograph: logo, badges, banners with text, swatches, icons."""

from __future__ import annotations

import numpy as np
from drawing.lake import quiet_fjord
from drawing.materials import Material, weave
from drawing.shapes import rounded
from drawing.studio import Studio, developed
from PIL import Image, ImageDraw, ImageFont

INK = "#22302a"


def font(size: float) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    """The typeface that comes with Pillow, so that pictures are alike on every machine."""
    return ImageFont.load_default(size)


def logo() -> Image.Image:
    picture = Image.new("RGBA", (900, 240))
    pen = ImageDraw.Draw(picture)
    pen.polygon([(20, 200), (110, 40), (165, 130), (195, 85), (262, 200)], fill=INK)
    pen.polygon([(88, 80), (110, 40), (134, 80), (112, 98)], fill="#d9743a")
    pen.text((300, 62), "Fell & Fjord", fill=INK, font=font(104))
    return picture


def badges() -> Image.Image:
    """Ways to pay, as a strip of little cards."""
    picture = Image.new("RGBA", (760, 96))
    pen = ImageDraw.Draw(picture)
    labels = (
        ("CARD", "#1d3f8f"),
        ("WALLET", "#111111"),
        ("BANK", "#0f7a4f"),
        ("INVOICE", "#7a3fa0"),
    )
    for index, (label, colour) in enumerate(labels):
        left = 8 + index * 188
        pen.rounded_rectangle((left, 6, left + 172, 90), 14, fill=colour)
        pen.text((left + 86, 48), label, fill="white", font=font(34), anchor="mm")
    return picture


def sale_banner() -> Image.Image:
    picture = Image.new("RGB", (1600, 420), "#c2321f")
    pen = ImageDraw.Draw(picture)
    for x in range(-400, 1700, 90):
        pen.polygon([(x, 420), (x + 400, 0), (x + 445, 0), (x + 45, 420)], fill="#cc3c27")
    pen.text((800, 165), "AUTUMN SALE", fill="white", font=font(190), anchor="mm")
    pen.text((800, 325), "up to 40 % off, until Sunday", fill="#ffe2c4", font=font(70), anchor="mm")
    return picture


def lookbook_banner() -> Image.Image:
    """A fjord with the season's title set over it."""
    picture = developed(quiet_fjord()[150:850] * 0.8, 14, noise=0.014)
    pen = ImageDraw.Draw(picture)
    pen.text((90, 150), "The Quiet Season", fill="white", font=font(128))
    pen.text((96, 310), "Lookbook, autumn and winter", fill="#ffe9d2", font=font(54))
    return picture


def swatch(dye: str) -> Image.Image:
    studio = Studio(160, 160, seed=3)
    studio.paint(rounded(-20, -20, 1020, 1020, 4), Material(dye, weave, gloss=7), bevel=0, shadow=0)
    return studio.on_white(floor=3000)


def sizing() -> Image.Image:
    """A size chart: a table in a picture."""
    rows = (
        ("EU", "38", "39", "40", "41", "42", "43"),
        ("UK", "5", "6", "6.5", "7.5", "8", "9"),
        ("US", "6", "7", "7.5", "8.5", "9", "10"),
        ("cm", "24", "24.6", "25.3", "26", "26.6", "27.3"),
    )
    picture = Image.new("RGB", (1120, 400), "white")
    pen = ImageDraw.Draw(picture)
    for down, row in enumerate(rows):
        pen.rectangle(
            (0, down * 100, 1120, down * 100 + 99), fill="#f1ede4" if down % 2 else "white"
        )
        for across, cell in enumerate(row):
            spot = (80 + across * 160, 50 + down * 100)
            pen.text(spot, cell, fill=INK, font=font(46 if across else 40), anchor="mm")
    return picture


def rating() -> Image.Image:
    """Four and a half stars, on transparency."""
    picture = Image.new("RGBA", (520, 104))
    pen = ImageDraw.Draw(picture)
    angle = np.linspace(-np.pi / 2, 1.5 * np.pi, 11)[:-1]
    reach = np.where(np.arange(10) % 2, 19, 46)
    for index in range(5):
        x, y = 52 + 104 * index + reach * np.cos(angle), 52 + reach * np.sin(angle)
        dots = np.stack([x, y], 1).ravel().tolist()
        pen.polygon(dots, fill="#e8a33d" if index < 4 else "#d8d3c8")
    return picture
