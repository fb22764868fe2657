"""Which other version is worth a look, once the best one came and was small."""

from __future__ import annotations

import pytest

from imagecrawler.extraction.promises import larger_promise, shown_address
from imagecrawler.items import Element, ImageCandidate, PageSnapshot, Rect, Version

PAGE = "https://shop.example/p"
BOX = Rect(0, 0, 600, 400)
ZOOM = "https://shop.example/zoom/pot.jpg"
SHOWN = "https://img.example/trim/pot.jpg"


def page(current_src: str = "", src: str = "", path: str = "img") -> PageSnapshot:
    element = Element("img", path, BOX, attributes={"src": src}, current_src=current_src)
    return PageSnapshot(PAGE, PAGE, elements=(element,))


def candidate(*versions: tuple[str, int]) -> ImageCandidate:
    named = tuple(Version(url, width) for url, width in versions)
    return ImageCandidate(named, ("img",), rect=BOX, path="img")


@pytest.mark.parametrize(
    ("other", "width"),
    [
        ((SHOWN, 0), 599),
        (("https://img.example/b.jpg", 800), 799),
        (("https://img.example/b-800x600.jpg", 0), 799),
    ],
    ids=["box", "descriptor", "address"],
)
def test_a_promise_counts_where_it_is_larger_than_what_came(
    other: tuple[str, int], width: int
) -> None:
    each = candidate((ZOOM, 0), other)
    assert larger_promise(each, ZOOM, width, page(src=SHOWN)) == other[0]
    assert larger_promise(each, ZOOM, width + 1, page(src=SHOWN)) is None


def test_the_largest_promise_is_held_to() -> None:
    each = candidate((ZOOM, 0), ("https://a.example/a.jpg", 700), ("https://a.example/b.jpg", 900))
    assert larger_promise(each, ZOOM, 400, page()) == "https://a.example/b.jpg"


@pytest.mark.parametrize(
    "versions",
    [
        [(f"{ZOOM}?size=900", 900), (f"{ZOOM}?size=800", 800)],
        [
            ("https://cdn.shopify.com/s/files/1/pot_900x.jpg", 900),
            ("https://cdn.shopify.com/s/files/1/pot_800x.jpg", 800),
        ],
    ],
    ids=["query", "platform"],
)
def test_sizes_of_one_file_promise_nothing_once_the_largest_came(
    versions: list[tuple[str, int]],
) -> None:
    assert larger_promise(candidate(*versions), versions[0][0], 500, page()) is None


def test_what_was_tried_in_vain_is_not_tried_again() -> None:
    each = candidate((ZOOM, 0), (SHOWN, 0))
    assert larger_promise(each, SHOWN, 10, page(src=SHOWN)) is None


def test_the_shown_version_is_the_one_that_the_element_has_chosen() -> None:
    each = candidate((ZOOM, 0), (SHOWN, 0))
    assert shown_address(each, page(current_src=SHOWN, src=ZOOM)) == SHOWN
    assert shown_address(each, page(src="/zoom/pot.jpg")) == ZOOM


@pytest.mark.parametrize("elsewhere", [page(src=SHOWN, path="a>img"), page(src="/blank.gif")])
def test_other_elements_and_stand_ins_show_none_of_the_versions(elsewhere: PageSnapshot) -> None:
    assert shown_address(candidate((ZOOM, 0), (SHOWN, 0)), elsewhere) == ""


def test_an_element_of_a_frame_shows_it_too() -> None:
    frame = page(src=SHOWN)
    whole = PageSnapshot(PAGE, PAGE, frames=(frame,))
    assert shown_address(candidate((ZOOM, 0), (SHOWN, 0)), whole) == SHOWN
