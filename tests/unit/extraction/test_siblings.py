"""What a page's own addresses tell of the larger versions of its thumbnails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.extraction.siblings import Siblings
from imagecrawler.items import ImageCandidate, Version

SITE = "https://shop.example/"


def siblings(*paths: str) -> Siblings:
    return Siblings(ImageCandidate((Version(SITE + path),), ("img",)) for path in paths)


@pytest.mark.parametrize(
    ("example", "thumbnail", "larger"),
    [
        (("i/9__1-thumb.jpg", "i/9__1-zoom.jpg"), "i/9__2-thumb.jpg", "i/9__2-zoom.jpg"),
        (("60x60/a/1.jpg", "250x250/a/1.jpg"), "60x60/b/2.jpg?v=3", "250x250/b/2.jpg?v=3"),
        (("img/small/1.jpg", "img/Large/1.jpg"), "img/small/2.jpg", "img/Large/2.jpg"),
        (("1-small.jpg", "1-medium.jpg", "1-full.jpg"), "2-medium.jpg", "2-full.jpg"),
        (("a/1-90x90.jpg", "a/1-800x800.jpg"), "a/2-90x90.jpg", "a/2-800x800.jpg"),
    ],
)
def test_other_pictures_are_named_alike(
    example: tuple[str, ...], thumbnail: str, larger: str
) -> None:
    assert siblings(*example).larger(SITE + thumbnail) == SITE + larger


@pytest.mark.parametrize(
    ("example", "url"),
    [
        ((), "i/1-thumb.jpg"),
        (("i/1-thumb.jpg", "i/1-zoom.jpg"), "i/2-zoom.jpg"),
        (("i/1-thumb.jpg", "i/1-zoom.jpg", "i/2-zoom.jpg"), "i/2-thumb.jpg"),
        (("i/1-thumb.jpg", "i/1-zoom.jpg"), "other/2-thumb.jpg"),
        (("i/1-thumb.jpg", "i/1-zoom.jpg"), "i/2-thumb.png"),
        (("i/1-thumb.jpg", "i/1-800x800.jpg"), "i/2-thumb.jpg"),
        (("i/shoe_1.jpg", "i/shoe_2.jpg"), "i/hat_1.jpg"),
        (("i/1-thumb.jpg", "i/1-zoom.jpg"), "i/2-thumb.jpg?signature=abcdef"),
        (("i/mainly_1.jpg", "i/thumbing_1.jpg"), "i/mainly_2.jpg"),
    ],
    ids=["no example", "largest", "named", "folder", "format", "word and number", "views", "signed",
         "parts of words"],
)  # fmt: skip
def test_nothing_is_made_up(example: tuple[str, ...], url: str) -> None:
    assert siblings(*example).larger(SITE + url) is None


@given(st.lists(st.text(max_size=40), max_size=8), st.text(max_size=40))
def test_any_address_is_survived(paths: list[str], url: str) -> None:
    larger = siblings(*paths).larger(url)
    assert larger is None or larger != url
