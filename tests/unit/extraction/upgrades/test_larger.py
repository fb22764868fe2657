"""What holds for every address, and which are of one picture."""

from __future__ import annotations

from itertools import combinations
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imagecrawler.extraction.upgrades import larger_address, picture_key
from imagecrawler.extraction.upgrades.platforms import PLATFORMS
from imagecrawler.extraction.urls import resolve

# Pieces of all platforms' addresses, in any order: what no server would write comes about, too.
PIECES = st.sampled_from(
    [mark.strip(":/?&") for mark, _ in PLATFORMS]
    + ["w_400,h_300", "c_fill", "a._AC_SX466_.jpg", "b-300x300.jpg", "c_800x.jpg", "s-l500.jpg",
       "il_340x270.1_a.jpg", "9df78eab33525d08d6e5fb8d27136e95", "12-home_default", "tr:w-400",
       "m", "v1", "fill", "500x500", "https://in.example/x.jpg", "..", "", "é", "%2F", "%", ":"]
)  # fmt: skip
QUERIES = st.lists(
    st.tuples(
        st.sampled_from(
            ["w", "h", "width", "url", "href", "im", "imwidth", "twic", "tr", "fit", "v", "s",
             "$preset$", "wid", "sw", "format", "é", ""]
        ),
        st.one_of(
            st.sampled_from(
                ["400", "https%3A%2F%2Fin.example%2Fx_400x.jpg", "%2Fx-300x300.jpg", "//[",
                 "/_next/image?url=/a.jpg", "w-400,h-3", "Resize,width=3", "http:", "v1/max=3"]
            ),
            st.text(max_size=8),
        ),
    ).map("=".join),
    max_size=4,
)  # fmt: skip
HOSTS = st.sampled_from(
    ["shop.example", "shop.example:8080", "cdn.shopify.com", "m.media-amazon.com", "i.ebayimg.com",
     "i.etsystatic.com", "ae01.alicdn.com", "img1.dhresource.com", "static.wixstatic.com",
     "a.imgix.net", "ik.imagekit.io", "a.storyblok.com", "lh3.googleusercontent.com", "i0.wp.com"]
)  # fmt: skip
URLS = st.builds(
    lambda host, pieces, query: f"https://{host}/{'/'.join(pieces)}?{'&'.join(query)}",
    HOSTS,
    st.lists(PIECES, max_size=5),
    QUERIES,
).map(lambda text: resolve(text, "https://shop.example/")).filter(bool)  # fmt: skip


@given(URLS)
@example(
    "https://shop.example/_next/image?url=/_next/image?url=/_next/image?url=/_next/image?url=/a"
)
def test_larger_addresses_are_absolute_near_and_final(url: str) -> None:
    larger = larger_address(url)
    assert picture_key(url)
    if larger is None:
        return
    parts, given = urlsplit(larger), urlsplit(url)
    assert parts.scheme in ("http", "https")
    assert parts.netloc == given.netloc or parts.netloc in unquote(unquote(url))
    assert resolve(larger, url) == larger
    assert larger_address(larger) is None


@given(st.text(max_size=60).map(lambda text: f"https://{text}"))
def test_any_text_is_survived(url: str) -> None:
    larger_address(url)
    picture_key(url)


SHOPIFY = "cdn.shopify.com/s/files/1/0001/products/pot"
ONE_PICTURE = [
    (
        f"https://{SHOPIFY}_800x.jpg?v=1612345678",
        f"http://{SHOPIFY}_100x100_crop_center.jpg?v=1612345678",
        f"https://{SHOPIFY}.jpg?v=1712345678&width=533",
        f"https://{SHOPIFY}.jpg?v=1712345678&width=2048",
    ),
    (
        "https://images-na.ssl-images-amazon.com/images/I/71K7fO4XKxL._SL256_.jpg",
        "https://images-eu.ssl-images-amazon.com/images/I/71K7fO4XKxL._AC_SX466_.jpg",
        "https://m.media-amazon.com/images/I/71K7fO4XKxL.jpg",
    ),
    (
        "https://i.ebayimg.com/images/g/6CIA/s-l64.jpg",
        "http://i5.ebayimg.com/images/g/6CIA/s-l500.jpg",
        "https://i.ebayimg.com/thumbs/images/g/6CIA/s-l225.jpg",
    ),
    (
        "https://shop.example/_next/image?url=%2Fpot.jpg&w=640&q=75",
        "https://shop.example/_next/image?url=%2Fpot.jpg&w=1080&q=75",
        "https://shop.example/pot.jpg",
        "https://shop.example/pot.jpg?v=1612345678",
        "https://shop.example/pot.jpg?width=300&format=webp",
    ),
    (
        "https://res.cloudinary.com/demo/image/upload/w_400,c_fill/v12/pot.jpg",
        "https://res-2.cloudinary.com/demo/image/upload/c_limit,w_900/q_auto/v12/pot.jpg",
    ),
    (
        "https://shop.example/img/750x422/45_a1.jpg",
        "https://shop.example/img/480x270/45_a1.jpg",
        "http://shop.example/img/64x36/45_a1.jpg",
    ),
    tuple(f"https://shop.example/{size}/pot.jpg" for size in ("300x400", "64x86", "1200x1600")),
    ("https://a.example/pot.jpg?_=1612345678901", "https://a.example/pot.jpg?1612345678901"),
]
# Of colours, of views, of numbers; files that people named; crops and effects; signed.
SEVERAL_PICTURES = [
    tuple(f"https://{SHOPIFY}{end}" for end in ("-red.jpg", "-blue.jpg", "-1.jpg", "-2.jpg")),
    tuple(f"https://{SHOPIFY}{end}.jpg" for end in ("_front", "_back", "_01", "_02", "_small")),
    tuple(f"https://shop.example/img/pot{end}.jpg" for end in ("", "-1", "-2", "_300x300", "_b")),
    tuple(f"https://shop.example/img/pot.jpg?v={view}" for view in ("1", "2", "front", "12345")),
    tuple(f"https://shop.example/img/pot.jpg?color={name}&w=400" for name in ("red", "blue")),
    tuple(f"https://shop.example/image.php?w=400&id={number}" for number in (1234567, 1234568)),
    (
        "https://shop.example/wp-content/uploads/banner-1200x600.jpg",
        "https://shop.example/wp-content/uploads/banner-600x600.jpg",
    ),
    tuple(f"https://shop.example/{size}/pot.jpg" for size in ("1200x600", "600x600", "600x1200")),
    tuple(f"https://shop.example/{size}/pot.jpg" for size in ("300x400", "300x450", "320x400")),
    tuple(f"https://shop.example/i?of=/{size}/pot.jpg" for size in ("300x400", "600x800")),
    tuple(
        f"https://res.cloudinary.com/demo/image/upload/{change}/pot.jpg"
        for change in ("w_400", "w_400,e_hue:40", "w_400,e_hue:80", "c_crop,x_1,w_9")
    ),
    tuple(f"https://a.scene7.com/is/image/Shop/{name}?wid=400" for name in ("1_red", "1_blue")),
    tuple(f"https://a.scene7.com/is/image/Shop/1?{preset}" for preset in ("$swatch$", "$main$")),
    tuple(f"https://i.etsystatic.com/1/il/a/9/il_340x270.{asset}_x.jpg" for asset in (1036, 1037)),
    tuple(f"https://shop.example/pot.jpg?width={width}&sig=ab{width}" for width in (400, 800)),
    tuple(f"https://m.media-amazon.com/images/I/71K7{asset}._SL256_.jpg" for asset in ("aL", "bL")),
]


@pytest.mark.parametrize("urls", ONE_PICTURE, ids=lambda urls: urls[0])
def test_one_picture_has_one_key(urls: tuple[str, ...]) -> None:
    assert len({picture_key(url) for url in urls}) == 1


@pytest.mark.parametrize("urls", SEVERAL_PICTURES, ids=lambda urls: urls[0])
def test_pictures_that_may_be_different_have_keys_of_their_own(urls: tuple[str, ...]) -> None:
    for one, other in combinations(urls, 2):
        assert picture_key(one) != picture_key(other)
