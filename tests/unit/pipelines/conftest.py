"""Pages between two stages, and stand-ins for what a pipeline talks to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from PIL import Image, ImageDraw
from scrapy.signalmanager import SignalManager

from imagecrawler.items import (
    DownloadedImage,
    ImageCandidate,
    Measurements,
    PageItem,
    PageSnapshot,
    Rect,
    Role,
    ScoredImage,
    StoredImage,
    Target,
    Version,
)
from imagecrawler.signals import stage_reached

SHOP = "https://shop.example"


class BrokenDatabase:
    """A Database whose every session ends in ``error``; ``sessions`` counts them."""

    def __init__(self, error: Exception) -> None:
        self.sessions = 0
        self._error = error

    def session(self) -> AbstractAsyncContextManager[None]:
        self.sessions += 1
        raise self._error


class Stages(list[tuple[str, int, int | None]]):
    """What a pipeline reported through ``signals``."""

    def __init__(self) -> None:
        self.signals = SignalManager()
        self.signals.connect(self._note, stage_reached)

    def _note(self, stage: str, count: int, total: int | None) -> None:
        self.append((stage, count, total))


def _drawn(colour: str, size: tuple[int, int] = (480, 360)) -> bytes:
    """A PNG with edges and shades all over, which is what scoring calls a picture."""
    picture = Image.radial_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for step in range(0, size[0], 24):
        draw.ellipse((step, step // 2, step + 90, step // 2 + 70), fill=colour, outline="black")
    target = BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def _downloaded(name: str, body: bytes) -> DownloadedImage:
    url = f"{SHOP}/{name}.png"
    rect = Rect(10, 10, 400, 300)
    return DownloadedImage(ImageCandidate((Version(url),), ("img",), rect, True), url, body)


def _scored(name: str, quality: float = 50.0, role: Role = Role.PRODUCT, **extra: Any):
    """Bytes, and so hashes, follow from the name; two different names are never duplicates."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    fields: dict[str, Any] = {
        "image": _downloaded(name, name.encode()),
        "measured": Measurements(
            1200,
            900,
            "png",
            int(digest[:16], 16),
            {
                "cycles": 100.0,
                "reach": 0.5,
                "clipped": 0.0,
                "blank": 0.0,
                "quantum": 0.0,
                "noise": 0.0,
            },
        ),
        "sha256": digest,
        "quality": quality,
        "breakdown": {"sharpness": quality / 100},
        "role": role,
        "is_product": True,
        "is_lifestyle": False,
    }
    return ScoredImage(**fields | extra)


def _page(max_images: int = 10, **fields: Any) -> PageItem:
    target = Target(f"{SHOP}/p", UUID(int=1), UUID(int=2), max_images)
    return PageItem(target, UUID(int=3), snapshot=PageSnapshot(target.url, target.url), **fields)


@pytest.fixture
def draw() -> Callable[..., bytes]:
    return _drawn


@pytest.fixture
def downloaded() -> Callable[[str, bytes], DownloadedImage]:
    return _downloaded


@pytest.fixture
def scored() -> Callable[..., ScoredImage]:
    return _scored


@pytest.fixture
def stored() -> Callable[[str], StoredImage]:
    return lambda name: StoredImage(_scored(name), f"key/{name}.png", f"https://cdn/{name}.png")


@pytest.fixture
def page() -> Callable[..., PageItem]:
    return _page


@pytest.fixture
def stages() -> Stages:
    return Stages()


@pytest.fixture
def broken_database() -> Callable[[Exception], BrokenDatabase]:
    return BrokenDatabase
