"""What surfaces are made of: colour, weave, gloss; and how studio light falls on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from drawing.noise import Field, Shape, fractal, grain, smooth

Texture = Callable[[Shape, int], Field]
"""Bump heights in pixels for a shape and a seed."""


def plain(shape: Shape, seed: int) -> Field:
    return np.zeros(shape, np.float32)


def weave(shape: Shape, seed: int) -> Field:
    """Coarse plain weave, a thread every five pixels, with slubs."""
    y, x = _axes(shape)
    threads = np.sin(x * 1.26) * np.cos(y * 0.42) + np.sin(y * 1.26) * np.cos(x * 0.42)
    slubs = 1 + smooth(shape, (6, 40), seed) * 0.6
    return threads * slubs * 0.11 + fractal(shape, 160, 3, seed + 9) * 5


def canvas_macro(shape: Shape, seed: int) -> Field:
    """The same weave from a hand's breadth away."""
    y, x = _axes(shape)
    over = np.sign(np.sin(x * 0.131)) * np.sign(np.sin(y * 0.131))
    warp, weft = np.abs(np.sin(x * 0.131)), np.abs(np.sin(y * 0.131))
    threads = np.where(over > 0, warp * 1.2 + weft * 0.3, weft * 1.2 + warp * 0.3)
    return threads * 3.2 + fractal(shape, 26, 3, seed) * 1.8 + fractal(shape, 300, 2, seed + 7) * 14


def leather(shape: Shape, seed: int) -> Field:
    """Fine pebbles and long creases."""
    pebbles = np.abs(fractal(shape, 11, 2, seed)) + 0.6 * np.abs(fractal(shape, 23, 2, seed + 3))
    return pebbles * 1.3 + fractal(shape, 90, 2, seed + 5) * 2.5


def mesh(shape: Shape, seed: int) -> Field:
    """Knit with open holes every nine pixels."""
    y, x = _axes(shape)
    holes = np.cos(x * 0.7 + np.floor(y / 9) % 2 * np.pi) * np.cos(y * 0.7)
    return holes * 0.8 + fractal(shape, 90, 2, seed) * 2.5


def rubber(shape: Shape, seed: int) -> Field:
    return fractal(shape, 5, 2, seed) * 0.25


def brushed(shape: Shape, seed: int) -> Field:
    """Lines along the width, as on brushed steel."""
    return smooth(shape, (1.5, 220), seed) * 0.12


def glaze(shape: Shape, seed: int) -> Field:
    return fractal(shape, 120, 3, seed) * 0.8


def _axes(shape: Shape) -> tuple[Field, Field]:
    return (
        np.arange(shape[0], dtype=np.float32)[:, None],
        np.arange(shape[1], dtype=np.float32)[None, :],
    )


@dataclass(frozen=True)
class Material:
    """``gloss`` is a Blinn exponent, ``shine`` and ``mirror`` strengths from 0 to 1."""

    colour: str
    texture: Texture = plain
    gloss: float = 14.0
    shine: float = 0.08
    mirror: float = 0.0
    metal: bool = False
    mottle: float = 0.03

    def dyed(self, colour: str) -> Material:
        return replace(self, colour=colour)


def linear(colour: str) -> Field:
    """Linear light of ``#rrggbb``."""
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float32) / 255
    return np.where(srgb > 0.04045, ((srgb + 0.055) / 1.055) ** 2.4, srgb / 12.92).astype(
        np.float32
    )


KEY = np.array((-0.47, -0.62, 0.63), np.float32)
FILL = np.array((0.75, -0.1, 0.65), np.float32)
HALF = np.add(KEY, (0, 0, 1)) / np.linalg.norm(np.add(KEY, (0, 0, 1)))


def lit(
    normal: tuple[Field, Field, Field], material: Material, occlusion: Field, seed: int
) -> Field:
    """Linear RGB of a surface under a large key light from the upper left and a weak fill."""
    nx, ny, nz = normal
    key = np.maximum(nx * KEY[0] + ny * KEY[1] + nz * KEY[2] + 0.22, 0) / 1.22
    fill = np.maximum(nx * FILL[0] + ny * FILL[1] + nz * FILL[2], 0)
    sky = 0.5 - 0.5 * ny
    light = (0.92 * key + 0.2 * fill + 0.22 * sky) * occlusion
    mottle = 1 + material.mottle * fractal((nx.shape[0], nx.shape[1]), 60, 4, seed + 31)
    mottle *= 1 + material.mottle * 0.5 * grain((nx.shape[0], nx.shape[1]), seed + 37)
    body = linear(material.colour)
    half = np.maximum(nx * HALF[0] + ny * HALF[1] + nz * HALF[2], 0)
    gleam = material.shine * half**material.gloss * occlusion
    tint = body if material.metal else np.ones(3, np.float32)
    if material.mirror:
        gleam = gleam + material.mirror * _softboxes(nx, ny, nz)
    return (light * mottle)[..., None] * body + gleam[..., None] * tint


def _softboxes(nx: Field, ny: Field, nz: Field) -> Field:
    """Two strip lights, a bright table and a dark room in the mirror direction."""
    rx, ry = 2 * nz * nx, 2 * nz * ny
    left = _window(rx, -0.86, -0.45, 0.09) * _window(ry, -0.9, 0.62, 0.12)
    right = _window(rx, 0.68, 0.86, 0.07) * _window(ry, -0.75, 0.5, 0.15)
    table = np.clip((ry - 0.25) * 1.2, 0, 0.35)
    fresnel = 0.35 + 0.65 * (1 - np.clip(nz, 0, 1)) ** 2
    return (1.1 * left + 0.5 * right + table) * fresnel + 0.08


def _window(value: Field, low: float, high: float, edge: float) -> Field:
    rise = np.clip((value - low) / edge, 0, 1)
    fall = np.clip((high - value) / edge, 0, 1)
    return rise * rise * (3 - 2 * rise) * fall * fall * (3 - 2 * fall)
