"""What holds for every page, however wild."""

from __future__ import annotations

import json
from itertools import chain
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.extraction import extract, needs_images
from imagecrawler.extraction.found import Found
from imagecrawler.extraction.merge import merge
from imagecrawler.extraction.rules import RULES
from imagecrawler.extraction.urls import identity, is_placeholder
from imagecrawler.items import Element, PageSnapshot, Rect, Source, Version

# Few addresses, so that pages repeat them and joins, chains and conflicts come about.
ADDRESS = st.sampled_from(
    ["/a.jpg", "/b.jpg", "/c.jpg?w=800", "//cdn.example/a.jpg", "http://shop.example/b.jpg",
     "/blank.gif", "/i/image/upload/x", "data:,x", "http://[", "", "/{width}.jpg"]
)  # fmt: skip
SRCSET = st.lists(st.tuples(ADDRESS, st.sampled_from(["", " 400w", " 2x", " 0w", " ("]))).map(
    lambda pairs: ", ".join(url + descriptor for url, descriptor in pairs)
)
JSON = st.recursive(
    st.one_of(ADDRESS, st.none(), st.integers(), st.floats()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(st.sampled_from(["@type", "image", "url", "hires", "@graph"]), ADDRESS),
            st.one_of(inner, st.just("Product")),
            max_size=4,
        ),
    ),
    max_leaves=8,
).map(json.dumps)
WILD = st.text(max_size=30)
VALUE = st.one_of(ADDRESS, SRCSET, JSON, WILD)
NAME = st.one_of(
    st.sampled_from(
        ["src", "srcset", "poster", "alt", "data-src", "data-srcset", "data-zoom", "data-hover",
         "data-back", "data-thumb", "data-gallery", "data-widths"]
    ),
    WILD.map(lambda text: "data-" + text),
)  # fmt: skip
ELEMENT = st.builds(
    Element,
    tag=st.sampled_from(["img", "div", "input", "video", ""]),
    path=st.just(""),
    rect=st.builds(Rect, *[st.floats(0, 2000)] * 4),
    visible=st.booleans(),
    attributes=st.dictionaries(NAME, VALUE, max_size=5),
    current_src=VALUE,
    sources=st.lists(st.builds(Source, srcset=VALUE), max_size=2).map(tuple),
    backgrounds=st.lists(VALUE, max_size=3).map(tuple),
    link=VALUE,
)
META_NAME = st.sampled_from(["og:image", "og:image:url", "og:image:width", "twitter:image", "x"])
PAGE = st.builds(
    PageSnapshot,
    url=st.just("https://shop.example/p"),
    base_url=st.one_of(st.just("https://shop.example/p"), WILD),
    elements=st.lists(ELEMENT, max_size=6).map(tuple),
    meta=st.lists(st.tuples(META_NAME, VALUE), max_size=4).map(tuple),
    json_ld=st.lists(VALUE, max_size=2).map(tuple),
)


@given(PAGE)
def test_every_page_yields_distinct_absolute_addresses(page: PageSnapshot) -> None:
    candidates = extract(page)
    urls = [version.url for candidate in candidates for version in candidate.versions]
    assert len(urls) == len(set(map(identity, urls)))
    for url in urls:
        assert urlsplit(url).scheme in ("http", "https")
        assert urlsplit(url).hostname
    assert all(candidate.versions and candidate.sources for candidate in candidates)
    assert {source for c in candidates for source in c.sources} <= {name for name, _ in RULES}
    assert isinstance(needs_images(page, candidates), bool)


@given(PAGE)
def test_only_stand_ins_are_lost(page: PageSnapshot) -> None:
    found = [(name, version) for name, find in RULES for f in find(page) for version in f.versions]
    named = {identity(version.url) for _, version in found}
    kept = {identity(v.url) for candidate in extract(page) for v in candidate.versions}
    plain = {identity(version.url) for name, version in found if name == "img"}
    assert kept <= named
    assert bool(kept) == bool(named)
    assert not [key for key in named - kept - plain if not is_placeholder(f"https://{key}")]


def test_deeply_nested_json_is_survived() -> None:
    nested = "[" * 100_000
    element = Element("img", "", Rect(0, 0, 9, 9), attributes={"data-x": nested, "src": "/a.jpg"})
    page = PageSnapshot(
        "https://s.example/", "https://s.example/", elements=(element,), json_ld=('{"a":' + nested,)
    )
    assert [candidate.url for candidate in extract(page)] == ["https://s.example/a.jpg"]


def test_the_box_is_that_of_the_page_and_not_of_a_magnifier() -> None:
    boxes = {"small": (90, 90), "main": (400, 400), "magnifier": (1900, 1900)}
    elements = tuple(
        Element("img", name, Rect(300, 200, *sides), attributes={"src": "/a.jpg"})
        for name, sides in boxes.items()
    )
    page = PageSnapshot(
        "https://s.example/", "https://s.example/", elements=elements, viewport=(1680, 960)
    )
    assert [each.path for each in extract(page)] == ["main"]


@pytest.mark.parametrize("x", [1600, 1700, -560])
def test_a_slide_that_waits_is_not_its_thumbnail(x: int) -> None:
    boxes = {"slide": Rect(x, 200, 560, 560), "thumbnail": Rect(200, 800, 90, 90)}
    elements = tuple(
        Element("img", name, rect, attributes={"src": "/a.jpg"}) for name, rect in boxes.items()
    )
    page = PageSnapshot(
        "https://s.example/", "https://s.example/", elements=elements, viewport=(1680, 960)
    )
    assert [each.path for each in extract(page)] == ["slide"]


def test_odd_boxes_are_survived() -> None:
    odd = (Rect(0, 0, -5, 10), Rect(0, 0, 0, 0), Rect(-9e9, 9e9, 9e9, 1))
    elements = tuple(Element("img", "", rect, attributes={"src": "/a.jpg"}) for rect in odd)
    page = PageSnapshot("https://s.example/", "https://s.example/", elements=elements)
    assert len(extract(page)) == 1


def test_the_order_is_that_of_the_boxes_that_count() -> None:
    def shows(name: str, *, visible: bool) -> Element:
        attributes = {"src": f"/{name}.jpg"}
        return Element("img", "", Rect(0, 0, 300, 300), visible, attributes=attributes)

    layer, main = shows("back", visible=False), shows("front", visible=True)
    elements = (layer, main, shows("back", visible=True))
    page = PageSnapshot("https://s.example/", "https://s.example/", elements=elements)
    found = sorted(extract(page), key=lambda each: each.order)
    assert [each.url[-9:-4] for each in found] == ["front", "/back"]
    assert [each.position for each in found] == [1, 0]


def test_a_chain_never_joins_two_pictures_of_one_element() -> None:
    """Front and back of one card meet again and again in other places."""
    card = Element("img", "", Rect(0, 0, 9, 9))
    front, back, both = Version("https://s/f"), Version("https://s/b"), Version("https://s/x")
    found = [
        Found((front,), 0),
        Found((back,), 0, alternate="hover", hidden=True),
        Found((back, both), 1),
        Found((both, front), 2),
    ]
    candidates = merge((card, card, card), [("lazy", record) for record in found])
    groups = [{version.url for version in candidate.versions} for candidate in candidates]
    assert not any({front.url, back.url} <= group for group in groups)
    assert sorted(chain.from_iterable(groups)) == ["https://s/b", "https://s/f", "https://s/x"]
