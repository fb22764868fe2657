import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.presentation.text import (
    duration,
    file_name,
    file_size,
    link_target,
    printable,
    shorten,
)

URL = "https://shop.example/files/a-rather-long-name-of-a-picture.jpg"


@pytest.mark.parametrize(
    "url", ["http://a.example/x", "HTTPS://a.example/?q=1#f", "file:///var/media/hero_01.jpg"]
)
def test_links(url: str):
    assert link_target(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//host/share",
        "file://host/share",
        "file:////host/share",
        "https://a.example/\x1b]8;;",
        "https://a.example/\u202egpj",
        "https:// a",
        "",
    ],
)
def test_no_links(url: str):
    assert link_target(url) is None


@given(st.text())
def test_printable_text_cannot_steer_a_terminal(text: str):
    assert printable(text).isprintable()


@given(st.text(), st.integers(1, 60))
def test_shorten_keeps_within_the_width(text: str, width: int):
    assert len(shorten(text, width)) <= width


def test_shorten_drops_the_scheme_before_the_middle():
    assert shorten(URL, 100) == URL
    assert shorten(URL, 54) == URL.removeprefix("https://")
    assert shorten(URL, 21) == "shop.examp…icture.jpg"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (URL + "?v=1#x", "a-rather-long-name-of-a-picture.jpg"),
        ("https://shop.example/files/", "files"),
        ("https://shop.example?x=/y", "shop.example"),
        ("data:image/png;base64,AA/BB", "data:image/png;base64,AA/BB"),
    ],
)
def test_file_name(url: str, name: str):
    assert file_name(url) == name


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0 B"), (999, "999 B"), (1500, "2 kB"), (2_340_000, "2.3 MB")]
)
def test_file_size(count: int, shown: str):
    assert file_size(count) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (90, "2 min"),
        (3_599, "1 h 0 min"),
        (12_000, "3 h 20 min"),
        (187_200, "2 d 4 h"),
    ],
)
def test_duration(seconds: float, shown: str):
    assert duration(seconds) == shown
