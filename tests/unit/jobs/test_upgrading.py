"""Which of the versions that a page names is kept, where the best one is smaller than promised."""

from __future__ import annotations

import asyncio
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from imagecrawler.imaging.examine import Pixels, Unusable, look_at
from imagecrawler.items import (
    DownloadedImage,
    Element,
    ImageCandidate,
    PageSnapshot,
    Rect,
    Version,
)
from imagecrawler.jobs.upgrading import Upgrades

PAGE = "https://shop.example/p"
ZOOM = "https://shop.example/zoom/pot.jpg"
SHOWN = "https://img.example/trim/pot.jpg"
LARGER = "https://img.example/large/pot.jpg"
BOX = Rect(0, 100, 600, 450)


def drawn(width: int, mark: int = 0) -> bytes:
    """A JPEG; another ``mark`` is another picture."""
    picture = Image.radial_gradient("L").resize((800, 600)).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for step in range(0, 800, 80):
        x = (step * (1 + mark)) % 750
        draw.ellipse((x, step // 2, x + 150, step // 2 + 115), fill="red", outline="black")
    target = BytesIO()
    picture.resize((width, width * 3 // 4)).save(target, "JPEG", quality=90)
    return target.getvalue()


def pixel() -> bytes:
    target = BytesIO()
    Image.new("P", (1, 1)).save(target, "GIF")
    return target.getvalue()


PIXEL = pixel()


class Site:
    """Answers from ``bodies`` by address; ``asked`` is its log."""

    def __init__(self, bodies: dict[str, bytes]) -> None:
        self.bodies = bodies
        self.asked: list[str] = []

    async def fetch(self, candidate: ImageCandidate, url: str) -> DownloadedImage | None:
        self.asked.append(url)
        body = self.bodies.get(url)
        return DownloadedImage(candidate, url, body) if body else None


def look(image: DownloadedImage) -> asyncio.Task[Pixels | Unusable]:
    async def looked() -> Pixels | Unusable:
        return look_at(image.body)

    return asyncio.create_task(looked())


async def kept(site: Site, *others: Version, box: Rect = BOX) -> str:
    """The address that counts in the end, of a picture whose best version is ZOOM."""
    element = Element("img", "img", box, attributes={"src": SHOWN})
    page = PageSnapshot(PAGE, PAGE, viewport=(1680, 1050), elements=(element,))
    versions = (Version(ZOOM), *others)
    candidate = ImageCandidate(versions, ("img",), rect=box, visible=True, path="img")
    image = DownloadedImage(candidate, ZOOM, site.bodies[ZOOM])
    return (await Upgrades(page, {}, look).improve(image, site.fetch)).url


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        (drawn(620), SHOWN),
        (drawn(620, mark=2), SHOWN),
        (drawn(300, mark=2), SHOWN),
        (drawn(380), ZOOM),
        (None, ZOOM),
        (drawn(620)[:1000], ZOOM),
        (PIXEL, ZOOM),
    ],
    ids=["larger", "another", "another-smaller", "smaller", "404", "broken", "pixel"],
)
async def test_what_the_page_shows_in_a_larger_box_is_looked_at(
    shown: bytes | None, wanted: str
) -> None:
    site = Site({ZOOM: drawn(400), **({SHOWN: shown} if shown else {})})
    assert await kept(site, Version(SHOWN)) == wanted
    assert site.asked == [SHOWN]


@pytest.mark.parametrize("answer", [PIXEL, drawn(620)[:200], b"nothing"])
async def test_a_version_that_is_no_picture_gives_way_to_the_next(answer: bytes) -> None:
    site = Site({ZOOM: answer, LARGER: drawn(700), SHOWN: drawn(620)})
    assert await kept(site, Version(LARGER), Version(SHOWN)) == SHOWN
    assert site.asked == [SHOWN]
    site = Site({ZOOM: answer, LARGER: drawn(700)})
    assert await kept(site, Version(SHOWN), Version(LARGER)) == LARGER
    assert site.asked == [SHOWN, LARGER]
    icon, collapsed = Rect(0, 0, 40, 40), Rect(0, 100, 600, 0)
    site = Site({ZOOM: answer, SHOWN: drawn(620)})
    assert await kept(site, Version(SHOWN), box=collapsed) == SHOWN
    site.asked.clear()
    assert await kept(site, Version(SHOWN), box=icon) == ZOOM
    assert site.asked == []


@pytest.mark.parametrize(("mark", "wanted"), [(0, LARGER), (2, ZOOM)], ids=["same", "another"])
async def test_what_is_not_shown_has_to_be_the_same_picture(mark: int, wanted: str) -> None:
    site = Site({ZOOM: drawn(400), LARGER: drawn(700, mark)})
    assert await kept(site, Version(LARGER, 700), Version(SHOWN)) == wanted
    assert site.asked == [LARGER]


@pytest.mark.parametrize(
    ("width", "box"),
    [(600, BOX), (100, Rect(0, 5000, 120, 90))],
    ids=["as large as promised", "not worth it"],
)
async def test_nothing_more_is_asked_for_as_a_rule(width: int, box: Rect) -> None:
    site = Site({ZOOM: drawn(width), SHOWN: drawn(620)})
    assert await kept(site, Version(SHOWN), box=box) == ZOOM
    assert site.asked == []
