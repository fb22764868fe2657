"""The srcset parser against the web-platform-tests and the addresses that break naive ones.

The first table restates html/semantics/embedded-content/the-img-element/srcset/
parse-a-srcset-attribute.html of https://github.com/web-platform-tests/wpt: what a browser at
density 1 selects, which there is always the first candidate that survives. With the tables of
descriptors and of characters that look like white space these are all of its cases.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.extraction.srcset import ImageSource, parse_srcset, versions_of

A = "data:,a"
NO_WHITESPACE = "\x0b\x0e\x0f\x10"
LOOKS_LIKE_WHITESPACE = (
    "\x01\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200c\u200d"
    "\u202f\u205f\u3000\ufeff"
)

SPLITTING = {
    "": "",
    ",": "",
    ",,,": "",
    "  data:,a  1x  ": A,
    **{f"{c * 2}data:,a{c * 2}1x{c * 2}": A for c in "\t\n\f\r"},
    **{text: text for text in (f"{c * 2}data:,a{c * 2}1x{c * 2}" for c in NO_WHITESPACE)},
    "data:,a": A,
    "data:,a ": A,
    "data:,a ,": A,
    "data:,a,": A,
    "data:,a, ": A,
    "data:,a,,,": A,
    "data:,a,, , ": A,
    " data:,a": A,
    ",,,data:,a": A,
    " , ,,data:,a": A,
    "\xa0data:,a": "\xa0data:,a",
    "data:,a\xa0": "data:,a\xa0",
}
TOKENIZING = {
    "data:,a 1x": A,
    "data:,a 1x ": A,
    "data:,a 1x,": A,
    "data:,a ( , data:,b 1x, ), data:,c": "data:,c",
    "data:,a ((( , data:,b 1x, ), data:,c": "data:,c",
    "data:,a [ , data:,b 1x, ], data:,c": "data:,b",
    "data:,a { , data:,b 1x, }, data:,c": "data:,b",
    'data:,a " , data:,b 1x, ", data:,c': "data:,b",
    "data:,a \\,data:;\\,b, data:,c": "data:;\\,b",
    "data:,a, data:,b (": A,
    "data:,a, data:,b (  ": A,
    "data:,a, data:,b (,": A,
    "data:,a, data:,b (x": A,
    "data:,a, data:,b ()": A,
    "data:,a (, data:,b": "",
    "data:,a /*, data:,b, data:,c */": "data:,b",
    "data:,a //, data:,b": "data:,b",
}
# fmt: off
GOOD_DESCRIPTORS = (
    "1w 1h", "1h 1w", "1w", "0x", "-0x", "1e0x", "1E0x", "1e-1x", "1.5e1x", ".5x", ".5e1x",
    "1.0x",
)
BAD_DESCRIPTORS = (
    "foo", "foo foo", "foo 1x", "foo 1x foo", "foo 1w", "foo 1w foo", "1x 1x", "1w 1w", "1w 1x",
    "1x 1w", "1h 1h", "1h 1x", "1h 1w 1x", "1x 1w 1h", "1h", "1h foo", "foo 1h", "0w", "-1w",
    "1w -1w", "1.0w", "1w 1.0w", "1e0w", "1w 1e0w", "1www", "1w 1www", "+1w", "1w +1w", "1W",
    "1w 1W", "Infinityw", "1w Infinityw", "NaNw", "1w NaNw", "0x1w", "0X1w", "1x -0x", "-1x",
    "1x -1x", "-x", ".x", "-.x", "1.x", "1x 1.5e1x", "1x 1e1.5x", "1x 1.0x", "+1x", "1X",
    "Infinityx", "NaNx", "0x1x", "0X1x", "1w 0h", "1w -1h", "1w 1.0h", "1w 1e0h", "1w 1hhh",
    "1w +1h", "1w 1H", "1w Infinityh", "1w NaNh", "0x1h", "0X1h", "1e999x", "\u0661w", "\u0661x",
)
# fmt: on


@pytest.mark.parametrize(("text", "selected"), [*SPLITTING.items(), *TOKENIZING.items()])
def test_first_surviving_candidate(text: str, selected: str) -> None:
    sources = parse_srcset(text)
    assert (sources[0].url if sources else "") == selected


@pytest.mark.parametrize("descriptors", GOOD_DESCRIPTORS)
def test_good_descriptors(descriptors: str) -> None:
    assert [source.url for source in parse_srcset(f"{A} {descriptors}")] == [A]


@pytest.mark.parametrize("descriptors", BAD_DESCRIPTORS)
def test_bad_descriptors_drop_their_candidate_only(descriptors: str) -> None:
    assert parse_srcset(f"{A} {descriptors}, b 2x") == [ImageSource("b", density=2.0)]


@pytest.mark.parametrize("character", LOOKS_LIKE_WHITESPACE)
@pytest.mark.parametrize(("before", "unit"), [("", "w"), ("", "x"), ("1w ", "h")])
def test_only_ascii_whitespace_separates(character: str, before: str, unit: str) -> None:
    assert parse_srcset(f"{A} {before}1{unit}")
    assert parse_srcset(f"{A} {before}1{character}{unit}") == []
    assert parse_srcset(f"{A} {before}{character}1{unit}") == []


CLOUDINARY = "https://res.cloudinary.com/demo/image/upload/c_fill,w_400,q_auto/a.jpg"


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        (f"{CLOUDINARY} 400w, {CLOUDINARY}?2 800w", [(CLOUDINARY, 400), (f"{CLOUDINARY}?2", 800)]),
        (f"{CLOUDINARY},", [(CLOUDINARY, None)]),
        ("a.jpg,b.jpg 2x", [("a.jpg,b.jpg", None)]),
        ("a.jpg 1w,b.jpg 2w", [("a.jpg", 1), ("b.jpg", 2)]),
        ("a.jpg, a.jpg, a.jpg 2w", [("a.jpg", None), ("a.jpg", None), ("a.jpg", 2)]),
        ("a.jpg 100w 50h, b.jpg 50h", [("a.jpg", 100)]),
        ("a.jpg 0000320w", [("a.jpg", 320)]),
        ("a.jpg " + "9" * 5000 + "w", [("a.jpg", 100_000)]),
        ("a.jpg 1x future(3x, 4h), b.jpg 2w", [("b.jpg", 2)]),
    ],
)
def test_addresses_and_widths(text: str, sources: list[tuple[str, int | None]]) -> None:
    assert [(source.url, source.width) for source in parse_srcset(text)] == sources


def test_a_density_promises_pixels_of_a_real_box() -> None:
    def widths(box: float) -> list[int]:
        return [version.width for version in versions_of("/a 1x, /b 1.5x, /c", "http://s/", box)]

    assert widths(300) == [450, 300, 0]
    assert widths(16) == [0, 0, 0]


SRCSET_TEXT = st.text(st.sampled_from("ab/.:,() \t\n019wxh-+e"), max_size=60)


@given(st.one_of(SRCSET_TEXT, st.text(max_size=60)))
def test_any_text_is_parsed(text: str) -> None:
    for source in parse_srcset(text):
        assert source.url
        assert source.url in text
        assert not source.url.endswith(",")
        assert source.width is None or 0 < source.width <= 100_000
        assert source.density is None or source.density >= 0


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[a-z/]([a-z,/]{0,8}[a-z])?", fullmatch=True), st.integers(1, 9999)
        )
    )
)
def test_what_is_well_formed_is_read_back(candidates: list[tuple[str, int]]) -> None:
    text = ", ".join(f"{url} {width}w" for url, width in candidates)
    assert [(source.url, source.width) for source in parse_srcset(text)] == candidates
