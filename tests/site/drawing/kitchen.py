"""A kitchen table at breakfast."""

from __future__ import annotations

import numpy as np
from drawing import mug
from drawing.materials import Material, leather, linear
from drawing.noise import Field, blurred, fractal
from drawing.scenery import SIZE, boards, daylight, flat
from drawing.shapes import curve, moved, rounded
from drawing.sprites import sprite, stand
from drawing.studio import Studio, developed
from PIL import Image


def kitchen_table() -> Image.Image:
    """Breakfast: two mugs, bread on a board, tiles and a shelf out of focus."""
    width, height = SIZE
    scene = np.empty((height, width, 3), np.float32)
    _tiles(scene)
    _shelf(scene)
    boards(scene, 610, "#b98d5c", seed=47)
    _bread(scene)
    for dye, x, base, tall in (("#2f3b45", 980, 800, 270), (mug.EMBER, 690, 880, 340)):
        stand(scene, sprite(mug.front_parts(dye), tall), x=x, base=base, tint="#fff1de", light=0.92)
        _steam(scene, x - 40, base - tall)
    daylight(scene, 0.16)
    return developed(scene, 9, noise=0.013)


def _tiles(scene: Field) -> None:
    height, width = scene.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    row = np.floor(y / 74)
    column = np.floor((x + row % 2 * 80) / 160)
    joint = np.abs(y % 74 - 37) > 34.5
    joint |= np.abs((x + row % 2 * 80) % 160 - 80) > 77.5
    tone = (
        0.80 + 0.05 * np.sin(row * 91.7 + column * 47.3) + 0.04 * fractal((height, width), 90, 3, 3)
    )
    light = blurred((tone * (1 - 0.28 * joint)).astype(np.float32), 3.2)
    scene[:] = light[..., None] * linear("#e7ecea")


def _shelf(scene: Field) -> None:
    flat(scene, [rounded(120, 250, 1500, 276, 3)], "#7d5836", edge=3.2, shade=24)
    jars = (
        (210, 150, "#c9a25a"),
        (330, 118, "#8c5a34"),
        (452, 168, "#5d7350"),
        (1010, 128, "#d8cfc0"),
        (1130, 172, "#a1512c"),
        (1270, 120, "#6e6259"),
        (1390, 150, "#cdb98f"),
    )
    for x, tall, tone in jars:
        flat(scene, [rounded(x - 46, 252 - tall, x + 46, 252, 16)], tone, edge=3.4, shade=14)
        flat(scene, [rounded(x - 38, 236 - tall, x + 38, 262 - tall, 6)], "#4a3a2c", edge=3.2)
        flat(scene, [rounded(x - 34, 270 - tall, x - 22, 236, 6)], "#f5efe2", edge=5)


def _bread(scene: Field) -> None:
    board = curve([(1080, 800), (1400, 780), (1560, 830), (1500, 900), (1180, 916), (1060, 866)])
    flat(scene, [moved(board, 4, 16)], "#5d3c1f", edge=2, shade=22)
    flat(scene, [board], "#8a5d34", edge=1)
    studio = Studio(700, 420, seed=201)
    loaf = curve("120,420 150,250 340,160 640,160 860,260 890,420 700,480 300,480")
    crust = Material("#a8642a", leather, gloss=8, shine=0.06, mottle=0.2)
    studio.paint(loaf, crust, bevel=60, puff=0.8, bulge=140, shadow=0, wear=12)
    for x in (300, 440, 580, 720):
        cut = curve([(x - 50, 340), (x, 220), (x + 60, 190), (x + 20, 300)])
        studio.paint(cut, crust.dyed("#e3c08a"), bevel=12, puff=0.4, shadow=5, wear=6)
    stand(scene, sprite(studio, 165), x=1310, base=862, tint="#fff1de")


def _steam(scene: Field, x: float, base: float) -> None:
    y, across = np.mgrid[0 : scene.shape[0], 0 : scene.shape[1]].astype(np.float32)
    up = np.clip((base + 20 - y) / 240, 0, 1)
    sway = np.sin(up * 7 + x) * 26 * up
    wisp = np.exp(-(((across - x - sway) / (8 + 34 * up)) ** 2)) * up * (1 - up) * 4
    wisp *= np.clip(0.6 + fractal((scene.shape[0], scene.shape[1]), 80, 3, int(x)), 0, 1)
    scene += (wisp * 0.16)[..., None] * linear("#ffffff")
