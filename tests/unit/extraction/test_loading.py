"""When a page has to be rendered with its images."""

from __future__ import annotations

import pytest

from imagecrawler.extraction import extract, is_evident, needs_images
from imagecrawler.items import Content, Element, PageSnapshot, Rect


def page(*boxes: tuple[float, float], meta: str = "", **attributes: str) -> PageSnapshot:
    elements = tuple(
        Element("img", "", Rect(0, 0, *box), attributes={"src": f"/{number}.jpg", **attributes})
        for number, box in enumerate(boxes)
    )
    metadata = (("og:image", meta),) if meta else ()
    return PageSnapshot(
        "https://s.example/", "https://s.example/", elements=elements, meta=metadata
    )


@pytest.mark.parametrize(
    ("snapshot", "answer"),
    [
        (page(), True),
        (page(meta="/card.jpg"), True),
        (page((16, 16), (0, 0)), True),
        (page((120, 18)), True),
        (page((600, 0), (100, 40)), True),
        (page((149, 400), (16, 16)), True),
        (page((150, 150), (16, 16)), False),
        (page((100, 40), (120, 60)), False),
        (page((16, 16), width="16", height="16"), False),
        (page((16, 16), width="16"), True),
    ],
)
def test_needs_images(snapshot: PageSnapshot, answer: bool) -> None:
    assert needs_images(snapshot, extract(snapshot)) is answer


@pytest.mark.parametrize(
    ("main", "alt", "other", "answer"),
    [
        (Rect(290, 470, 276, 20), "Halden H60 Headphones, Black", "Walden H20", True),
        (Rect(290, 470, 276, 20), "Halden H60 Headphones, Black", "Halden H60 headphones", False),
        (Rect(290, 470, 276, 20), "Headphones", "Walden H20", False),
        (Rect(290, 470, 276, 276), "Halden H60 Headphones, Black", "Walden H20", False),
        (Rect(0, 0, 0, 0), "Halden H60 Headphones, Black", "Walden H20", False),
    ],
)
def test_the_collapsed_picture_of_the_product_is_missed(
    main: Rect, alt: str, other: str, answer: bool
) -> None:
    elements = (
        Element("img", "", main, attributes={"src": "/a.jpg", "alt": alt}),
        Element("img", "", Rect(0, 900, 200, 200), attributes={"src": "/b.jpg", "alt": other}),
    )
    snapshot = PageSnapshot(
        "https://s.example/", "https://s.example/", heading="Halden H60 Headphones, Black",
        elements=elements,
    )  # fmt: skip
    assert needs_images(snapshot, extract(snapshot)) is answer


@pytest.mark.parametrize(
    ("main", "stated", "answer"),
    [
        (Rect(290, 470, 16, 16), "/a.jpg", True),
        (Rect(290, 470, 16, 16), "/b.jpg", False),
        (Rect(290, 470, 300, 300), "/a.jpg", False),
        (Rect(0, 0, 0, 0), "/a.jpg", False),
        (Rect(290, 470, 16, 16), "/c.jpg", False),
    ],
)
def test_the_collapsed_picture_that_metadata_name_is_missed(
    main: Rect, stated: str, answer: bool
) -> None:
    elements = (
        Element("img", "main>img", main, attributes={"src": "/a.jpg"}),
        Element("img", "aside>img", Rect(0, 900, 200, 200), attributes={"src": "/b.jpg"}),
    )
    snapshot = PageSnapshot(
        "https://s.example/", "https://s.example/", elements=elements, meta=(("og:image", stated),)
    )
    assert needs_images(snapshot, extract(snapshot)) is answer


@pytest.mark.parametrize(("other", "answer"), [({}, True), ({"alt": "Court shoe"}, False)])
def test_a_collapsed_picture_that_opens_a_larger_one_is_missed(
    other: dict[str, str], answer: bool
) -> None:
    elements = (
        Element(
            "img", "td>a>img", Rect(345, 166, 0, 0), link="https://s.example/a-4x.jpg",
            attributes={"src": "/a.jpg"},
        ),
        Element("img", "", Rect(0, 900, 320, 240), attributes={"src": "/b.jpg", **other}),
    )  # fmt: skip
    snapshot = PageSnapshot(
        "https://s.example/", "https://s.example/", heading="Court shoe", elements=elements
    )
    assert needs_images(snapshot, extract(snapshot)) is answer


@pytest.mark.parametrize(
    ("pictures", "text", "answer"),
    [(3, "", True), (1, "", False), (3, "An offer of somebody else. " * 5, False)],
)
def test_a_frame_that_is_a_viewer_of_collapsed_pictures_is_missed(
    pictures: int, text: str, answer: bool
) -> None:
    inside = tuple(
        Element("img", "", Rect(190, 116, 0, 0), attributes={"src": f"/v{number}.jpg"})
        for number in range(pictures)
    )
    url = "https://s.example/"
    frame = PageSnapshot(url, url, elements=inside, content=Content(text=text))
    other = Element("img", "", Rect(0, 900, 640, 512), attributes={"src": "/b.jpg"})
    snapshot = PageSnapshot(url, url, elements=(other,), frames=(frame,))
    assert needs_images(snapshot, extract(snapshot)) is answer


def test_a_background_box_is_a_real_box() -> None:
    hero = Element("div", "", Rect(0, 0, 900, 400), backgrounds=("https://s.example/a.jpg",))
    icon = Element("img", "", Rect(0, 0, 16, 16), attributes={"src": "/i.jpg"})
    snapshot = PageSnapshot("https://s.example/", "https://s.example/", elements=(hero, icon))
    assert not needs_images(snapshot, extract(snapshot))


@pytest.mark.parametrize(
    ("snapshot", "answer"),
    [
        (page((16, 16)), False),
        (page((150, 150)), True),
        (page((16, 16), srcset="/a.jpg 400w, /b.jpg 800w"), True),
        (page(meta="/card.jpg"), False),
    ],
)
def test_is_evident(snapshot: PageSnapshot, answer: bool) -> None:
    assert is_evident(extract(snapshot)[0]) is answer
