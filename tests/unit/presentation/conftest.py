import io
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest
from PIL import Image

from imagecrawler.items import (
    DownloadedImage,
    ImageCandidate,
    Measurements,
    Outcome,
    PageItem,
    PageSnapshot,
    Reason,
    Rect,
    Rejection,
    Role,
    ScoredImage,
    StoredImage,
    Target,
    Version,
)

CAMPAIGN = UUID("6f1c1f0e-8a52-4a0f-9f4e-0d4e9b1f2a10")
JOB = UUID("0b8e6a3c-5f0d-4d52-8c53-5c1f6d6e2b11")
ROW = UUID("c0ffee00-0000-4000-8000-000000000001")
SHOP = "https://shop.example/files/"


def encoded(size: tuple[int, int], encoding: str = "PNG", mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, "teal").save(buffer, encoding)
    return buffer.getvalue()


def downloaded(name: str, body: bytes, rect: Rect | None = None, alt: str = "") -> DownloadedImage:
    candidate = ImageCandidate((Version(SHOP + name),), ("img", "json-ld"), rect=rect, alt=alt)
    return DownloadedImage(candidate, SHOP + name, body)


def saved(image: DownloadedImage, role: Role, quality: float, key: str) -> StoredImage:
    scored = ScoredImage(
        image,
        Measurements(640, 480, "png", 0xABC),
        sha256="0" * 64,
        quality=quality,
        breakdown={"sharpness": 0.87654, "size_score": 1.0},
        role=role,
        is_product=True,
        is_lifestyle=False,
    )
    return StoredImage(scored, key, f"https://cdn.example/{key}")


@pytest.fixture
def item() -> PageItem:
    folder = f"campaigns/{CAMPAIGN}/scraped-images"
    front = downloaded("front.png", encoded((640, 480)), Rect(10, 20, 300, 200), "Front view")
    side = downloaded("side.png", encoded((640, 480), mode="RGBA"), Rect(320, 20, 150, 100))
    thumb = downloaded("thumb.png", encoded((64, 48)), Rect(12, 22, 30, 20))
    hero = saved(front, Role.HERO, 92.4567, f"{folder}/hero_01.png")
    hero = replace(hero, id=ROW, scored=replace(hero.scored, absorbed=(thumb.url,)))
    return PageItem(
        Target("https://shop.example/shirt?a=1&b=2", CAMPAIGN, UUID(int=7)),
        JOB,
        outcome=Outcome.PARTIAL,
        detail="1 image could not be fetched",
        title="A linen shirt",
        snapshot=PageSnapshot("", "", document=(500, 1000)),
        downloaded=(front, side, thumb),
        stored=(hero, saved(side, Role.PRODUCT, 80.0, f"{folder}/product_01.png")),
        rejections=(
            Rejection(SHOP + "gone.png", Reason.UNREACHABLE, "HTTP 404"),
            Rejection(thumb.url, Reason.DUPLICATE, "smaller", duplicate_of=front.url),
            Rejection(SHOP + "thumb2.png", Reason.DUPLICATE, "", duplicate_of=SHOP + "else.png"),
        ),
        timings={"render": 1.23456, "download": 0.5},
        screenshot=encoded((500, 1000), "JPEG"),
    )


@pytest.fixture
def failed(item: PageItem) -> PageItem:
    return PageItem(item.target, item.job_id, Outcome.FAILED, "the browser gave no page")


@pytest.fixture
def picture() -> Callable[..., bytes]:
    return encoded
