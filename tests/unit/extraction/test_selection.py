"""Which source a browser shows, against the web-platform-tests.

The first table restates html/semantics/embedded-content/the-img-element/srcset/
select-an-image-source.html of https://github.com/web-platform-tests/wpt with the source size in
place of ``sizes``, whose default is the viewport's width.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.extraction.selection import fits, select, source_set
from imagecrawler.extraction.srcset import ImageSource, parse_srcset
from imagecrawler.items import Source

VIEWPORT = 800.0

PUBLISHED = [
    ("data:,a 1x, data:,b 1x", VIEWPORT),
    ("data:,a , data:,b 1x", VIEWPORT),
    ("data:,a 1x, data:,b", VIEWPORT),
    ("data:,a 1w, data:,b 1w", VIEWPORT),
    ("data:,a 1w 1h, data:,b 1w", VIEWPORT),
    ("data:,a 1w, data:,b 1w 1h", VIEWPORT),
    ("data:,a 1w 1h, data:,b 1w 2h", VIEWPORT),
    ("data:,a 1w 2h, data:,b 1w 1h", VIEWPORT),
    ("data:,a , data:,b", VIEWPORT),
    ("data:,a 1w, data:,b 1x", 1.0),
    ("data:,a 1x, data:,b 1w", 1.0),
    ("data:,a 1w, data:,b 2x", 0.5),
    ("data:,a 2x, data:,b 1w", 0.5),
]


@pytest.mark.parametrize(("srcset", "size"), PUBLISHED)
def test_of_equal_densities_the_first_is_shown(srcset: str, size: float) -> None:
    assert select(source_set("", srcset), size) == "data:,a"


def test_the_same_in_a_picture() -> None:
    sources = [Source("data:,a 1x, data:,b 1x")]
    assert select(source_set("", "", sources), VIEWPORT) == "data:,a"


@pytest.mark.parametrize(
    ("srcset", "size", "density", "shown"),
    [
        ("a 400w, b 800w, c 1600w", 400, 1, "a"),
        ("a 400w, b 800w, c 1600w", 401, 1, "b"),
        ("a 400w, b 800w, c 1600w", 400, 2, "b"),
        ("a 400w, b 800w, c 1600w", 900, 2, "c"),
        ("c 1600w, a 400w, b 800w", 400, 1, "a"),
        ("a 400w, b 800w", 0, 1, "a"),
        ("a, b 2x, c 3x", 400, 1, "a"),
        ("a, b 2x, c 3x", 400, 1.5, "b"),
        ("a, b 2x, c 3x", 400, 4, "c"),
        ("", 400, 1, ""),
        ("a bad", 400, 1, ""),
    ],
)
def test_the_least_that_is_enough_is_shown(
    srcset: str, size: float, density: float, shown: str
) -> None:
    assert select(parse_srcset(srcset), size, density) == shown


@pytest.mark.parametrize(
    ("srcset", "urls"),
    [
        ("", ["src"]),
        ("b 2x", ["b", "src"]),
        ("a 1x, b 2x", ["a", "b"]),
        ("a, b 2x", ["a", "b"]),
        ("a 400w", ["a"]),
        ("a bad", ["src"]),
    ],
)
def test_src_stands_in_for_density_one(srcset: str, urls: list[str]) -> None:
    assert [each.url for each in source_set("src", srcset)] == urls


def test_the_first_source_that_fits_and_has_candidates_is_taken() -> None:
    sources = [
        Source("jxl", type="image/jxl"),
        Source("phone", matches=False),
        Source("bad 1q", type="image/webp"),
        Source("avif", type="IMAGE/AVIF; codecs=av1"),
        Source("late"),
    ]
    assert source_set("src", "", sources) == [ImageSource("avif")]
    assert [fits(source) for source in sources] == [False, False, True, True, True]
    assert source_set("src", "", sources[:3]) == [ImageSource("src")]


@given(
    st.lists(st.builds(ImageSource, url=st.sampled_from("abc"), width=st.integers(1, 9_999))),
    st.floats(0, 5_000),
    st.floats(0.1, 4),
)
def test_one_of_the_candidates_is_shown(
    candidates: list[ImageSource], size: float, density: float
) -> None:
    shown = select(candidates, size, density)
    assert shown in {each.url for each in candidates} or (not candidates and not shown)
