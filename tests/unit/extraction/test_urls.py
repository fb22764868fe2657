"""Addresses as pages write them."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.extraction.urls import identity, is_placeholder, looks_like_image, resolve
from imagecrawler.extraction.widths import asked_width

BASE = "https://shop.example/a/b/page.html?x=1"


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("c.jpg", "https://shop.example/a/b/c.jpg"),
        ("../c.jpg", "https://shop.example/a/c.jpg"),
        ("/c.jpg", "https://shop.example/c.jpg"),
        ("//cdn.example/c.jpg", "https://cdn.example/c.jpg"),
        ("?y=2", "https://shop.example/a/b/page.html?y=2"),
        ("http://cdn.example:8080/c.jpg", "http://cdn.example:8080/c.jpg"),
        ("HTTPS://CDN.Example/C.jpg", "https://cdn.example/C.jpg"),
        (" \n /c\n.jpg\t", "https://shop.example/c.jpg"),
        ("/c.jpg#zoom", "https://shop.example/c.jpg"),
        ("https://cdn.example/c.jpg#zoom", "https://cdn.example/c.jpg"),
        ("/my photo.jpg?t=a b", "https://shop.example/my%20photo.jpg?t=a%20b"),
        ("/é.jpg?é='|{", "https://shop.example/%C3%A9.jpg?%C3%A9=%27|{"),
        ("/%C3%A9%20.jpg", "https://shop.example/%C3%A9%20.jpg"),
        ("img\\c.jpg?a\\b", "https://shop.example/a/b/img/c.jpg?a\\b"),
        ("/\ud800.jpg", "https://shop.example/%3F.jpg"),
        ("", None),
        ("#top", "https://shop.example/a/b/page.html?x=1"),
        ("data:image/png;base64,AAAA", None),
        ("blob:https://shop.example/1", None),
        ("javascript:void(0)", None),
        ("about:blank", None),
        ("ftp://shop.example/c.jpg", None),
        ("http://", None),
        ("http://[::1/c.jpg", None),
        ("http://host:port/c.jpg", None),
        ("http://host:99999/c.jpg", None),
        ("http://a b/c.jpg", None),
        ("/" + "c" * 8000, None),
    ],
)
def test_resolve(address: str, url: str | None) -> None:
    assert resolve(address, BASE) == url


@given(st.text(max_size=40), st.one_of(st.just(BASE), st.text(max_size=20)))
def test_resolve_gives_an_http_url_that_stays_itself_or_none(address: str, base: str) -> None:
    url = resolve(address, base)
    if url is not None:
        parts = urlsplit(url)
        assert parts.scheme in ("http", "https")
        assert parts.hostname
        assert "#" not in url
        assert resolve(url, "") == url


def test_identity_forgets_the_scheme_only() -> None:
    assert identity("http://a/b?c") == identity("https://a/b?c")
    assert identity("https://a/b?c") != identity("https://a/b?d")


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("/a.jpg", True),
        ("a.JPEG?x#y", True),
        ("/a.png/resize", True),
        ("/a.jpg_640x640.webp", True),
        ("//h/is/image/Shop/goods_1?$zoom$", True),
        ("/demo/image/upload/w_400/x", True),
        ("/_next/image?url=%2Fa.jpg&w=640", True),
        ("/share?image=/a.jpg", False),
        ("/a.jpgx", False),
        ("/p/1.html", False),
        ("/film.mp4", False),
        ("a photo.jpg", False),
        ("data:image/gif;base64,x.gif", False),
    ],
)
def test_looks_like_image(address: str, answer: bool) -> None:
    assert looks_like_image(address) is answer


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("blank.gif", True),
        ("1x1.png", True),
        ("spacer.gif", True),
        ("grey-placeholder-400x300.png", True),
        ("image_placeholder.jpg", True),
        ("ajax-loader.gif", True),
        ("lazyload.gif", True),
        ("no-image.jpg", True),
        ("dots.svg", True),
        ("shirt.jp2", True),
        ("blank-canvas-shirt.jpg", False),
        ("pixel-6-phone.jpg", False),
        ("clear-vase.jpg", False),
        ("loaded-fries.jpg", False),
        ("shirt.jpg", False),
        ("", False),
    ],
)
def test_is_placeholder(name: str, answer: bool) -> None:
    assert is_placeholder(f"https://h/img/{name}?v=1") is answer


@pytest.mark.parametrize(
    ("url", "width"),
    [
        ("https://h/a.jpg?w=640&h=2", 640),
        ("https://h/a.jpg?h=2&wid=800", 800),
        ("https://h/dw/a.jpg?sw=2000&sfrm=jpg", 2000),
        ("https://h/image/upload/c_fill,w_400,q_auto/a.jpg", 400),
        ("https://h/I/71F._SL1468_.jpg", 1468),
        ("https://h/I/71F._AC_SX522_.jpg", 522),
        ("https://h/a_800x.jpg?v=1", 800),
        ("https://h/a-300x200.jpg", 300),
        ("https://h/384x384/a.jpg", 384),
        ("https://h/a.jpg?view=640", 0),
        ("https://h/a.jpg?w=auto", 0),
        ("https://h/4x4-truck.jpg", 0),
    ],
)
def test_asked_width(url: str, width: int) -> None:
    assert asked_width(url) == width
