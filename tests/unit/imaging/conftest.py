"""Pictures drawn for the tests: a photograph-like one, a product on white, a logo."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from imagecrawler.items import DownloadedImage, ImageCandidate, Rect, Version


def photograph(width: int = 640, height: int = 480, seed: int = 0) -> Image.Image:
    """Textured everywhere: shapes of many sizes and colours, with grain."""
    rng = np.random.default_rng(seed)
    picture = Image.new("RGB", (width, height), tuple(rng.integers(60, 180, 3).tolist()))
    draw = ImageDraw.Draw(picture)
    for _ in range(150):
        x, y = rng.uniform(-0.1, 1, 2) * (width, height)
        w, h = rng.uniform(0.02, 0.25, 2) * (width, height)
        draw.ellipse((x, y, x + w, y + h), fill=tuple(rng.integers(0, 256, 3).tolist()))
    return _grained(picture, rng)


def product(
    width: int = 600, height: int = 600, colour: tuple[int, int, int] = (150, 40, 50), seed: int = 0
) -> Image.Image:
    """A shaded, patterned thing on studio white."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    fold = np.sin(x / width * 40 + rng.uniform(0, 6)) * np.sin(y / height * 23)
    threads = rng.normal(0, 0.4, (height // 2 + 1, width // 2 + 1))
    cloth = threads.repeat(2, axis=0).repeat(2, axis=1)[:height, :width]
    shade = 0.75 + 0.15 * fold + 0.25 * cloth
    surface = np.clip(np.array(colour) * shade[..., None] + 10, 0, 245).astype(np.uint8)
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    draw.rounded_rectangle((width * 0.3, height * 0.15, width * 0.7, height * 0.9), 40, fill=255)
    draw.ellipse((width * 0.15, height * 0.2, width * 0.45, height * 0.5), fill=255)
    result = Image.new("RGB", (width, height), "white")
    result.paste(Image.fromarray(surface), mask=mask.filter(ImageFilter.GaussianBlur(1)))
    return result


def logo(width: int = 480, height: int = 160) -> Image.Image:
    """Two flat colours and hard edges."""
    picture = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    for left in range(20, width - 40, 60):
        draw.rectangle((left, 40, left + 36, height - 40), fill="#0044cc")
    return picture


def _grained(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    noise = rng.normal(0, 6, (picture.height, picture.width, 1))
    return Image.fromarray(np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8))


def encoded(picture: Image.Image, form: str = "JPEG", **options: Any) -> bytes:
    target = BytesIO()
    picture.save(target, form, **options)
    return target.getvalue()


def downloaded(
    body: bytes,
    url: str = "https://shop.example/a.jpg",
    *,
    sources: tuple[str, ...] = ("img",),
    rect: Rect | None = None,
    **details: Any,
) -> DownloadedImage:
    candidate = ImageCandidate((Version(url),), sources, rect, **details)
    return DownloadedImage(candidate, url, body)


@pytest.fixture
def draw() -> Callable[..., Image.Image]:
    return photograph


@pytest.fixture
def draw_product() -> Callable[..., Image.Image]:
    return product


@pytest.fixture
def draw_logo() -> Callable[..., Image.Image]:
    return logo


@pytest.fixture
def encode() -> Callable[..., bytes]:
    return encoded


@pytest.fixture
def download() -> Callable[..., DownloadedImage]:
    return downloaded
