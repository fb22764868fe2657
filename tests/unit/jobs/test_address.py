"""What is an address of a page, and how it is spelt."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.errors import BadTarget
from imagecrawler.jobs.address import MAX_URL_LENGTH, parse_url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "   ",
        "shop.example/p",
        "//shop.example/p",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://",
        "http:///path",
        "http://[::1",
        "http://shop.example:http/",
        "http://user:secret@shop.example/",
        "http://shop.example/a b",
        "http://" + "a" * 5000,
        "http://shop.example/\x00",
        "http://shop.example/\x1b[31m",
        "http://shop.example/\x85p",
        "http://shop.example/\ud800",
        "http://shop.example:0/",
        "http://shop.example:65536/",
        "http://shop.example\\@evil.example/",
        "http://shop%2fevil.example/",
        "http://shop%00.example/",
        "http://shop%ff.example/",
        "http://shop..example/",
        "http://.shop.example/",
        "http://shop.example../",
        "http://[fe80::1%25eth0]/",
        "http://[v1.x]/",
        "http://1.2.3.4.5/",
        "http://256.256.256.256/",
        "http://0x100000000/",
        "http://127.0.0.1.09/",
        "http://xn--\u2603.example\u2044/",
        "http://" + "a" * 64 + ".example/",
        "http:" + "shop.example/",
        "https:/shop.example/",
    ],
)
def test_no_address_of_a_page(url: str | None) -> None:
    with pytest.raises(BadTarget) as caught:
        parse_url(url)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "spelt"),
    [
        ("HTTPS://Shop.Example/P?Q#F", "https://shop.example/P?Q#F"),
        ("https://shop.example:443/p", "https://shop.example/p"),
        ("http://shop.example:443/p", "http://shop.example:443/p"),
        ("http://shop.example./p", "http://shop.example/p"),
        ("http://shop.example:/p", "http://shop.example/p"),
        ("http://sh%6fp.example?q", "http://shop.example?q"),
        ("https://b\u00fccher.example/\u00fc", "https://xn--bcher-kva.example/\u00fc"),
        ("https://stra\u00dfe.example/", "https://xn--strae-oqa.example/"),
        ("https://shop\u3002example/", "https://shop.example/"),
        ("https://foo_bar.example/", "https://foo_bar.example/"),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://0177.0.0.1/", "http://127.0.0.1/"),
        ("http://127.1/", "http://127.0.0.1/"),
        ("http://\u2460\u2461\u2466.\u24ea.0.1/", "http://127.0.0.1/"),
        ("http://\uff11\uff12\uff17.0.0.1/", "http://127.0.0.1/"),
        ("http://%31%32%37.0.0.1/", "http://127.0.0.1/"),
        ("http://169.254.169.254./", "http://169.254.169.254/"),
        ("http://[0:0::1]:8080/", "http://[::1]:8080/"),
        ("http://[::ffff:7f00:1]/", "http://[::ffff:7f00:1]/"),
    ],
)
def test_a_host_has_one_spelling(url: str, spelt: str) -> None:
    assert parse_url(url) == spelt
    assert parse_url(spelt) == spelt


def test_credentials_are_refused_by_a_line_that_says_so() -> None:
    for url in (
        "http://user:secret@shop.example/",
        "http://secret@shop.example/",
        "http://@s.example",
    ):
        with pytest.raises(BadTarget, match="must not contain a user name or password") as caught:
            parse_url(url)
        assert "secret" not in str(caught.value)


def test_the_longest_address() -> None:
    longest = "http://shop.example/".ljust(MAX_URL_LENGTH, "a")
    assert parse_url(longest) == longest
    with pytest.raises(BadTarget, match=f"longer than {MAX_URL_LENGTH}"):
        parse_url(longest + "a")


@given(st.text())
def test_any_text_is_a_url_or_one_line(text: str) -> None:
    problem = ""
    try:
        parse_url(text)
    except BadTarget as error:
        problem = str(error)
    assert len(problem.splitlines()) <= 1


@given(st.text(), st.sampled_from(("", ":8080", ".")), st.text())
def test_what_is_taken_has_a_host_of_ascii_and_is_spelt_once(
    host: str, more: str, path: str
) -> None:
    with suppress(BadTarget):
        spelt = parse_url(f"http://{host}{more}/{path}")
        assert (urlsplit(spelt).hostname or "").isascii()
        assert parse_url(spelt) == spelt
