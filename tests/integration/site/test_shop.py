import io
import json
import re
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from PIL import Image

SITE = Path(__file__).parents[2] / "site"
EXPECTED = json.loads((SITE / "expected.json").read_text())
STOREFRONTS = json.loads((SITE / "storefronts/expected.json").read_text())
ADDRESS = re.compile(r'(?:src|href|background)="([^"${]+)"|content="(/[^"]+)"|url\("([^"]+)"\)')
SOLE = "/protected/sneaker-sole-400.jpg"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage
    body: bytes


def ask(shop: Any, path: str, method: str = "GET", **headers: str) -> Answer:
    connection = HTTPConnection(urlsplit(shop.url).netloc, timeout=60)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


@pytest.mark.parametrize("path", EXPECTED)
def test_pages_name_every_picture_that_is_expected_of_them(shop: Any, path: str) -> None:
    page = ask(shop, path)
    assert (page.status, page.headers.get_content_type()) == (200, "text/html")
    source = page.body + ask(shop, f"/api{path}.json").body
    for role, names in EXPECTED[path].items():
        for name in names:
            assert name.encode() in source, (role, name)


@pytest.mark.parametrize("path", EXPECTED)
def test_every_address_written_in_a_page_answers(shop: Any, path: str) -> None:
    page = ask(shop, path).body.decode()
    assert "<!-- header -->" not in page
    base = "/media/" if "<base" in page else path
    local = {urljoin(base, address) for address in _addresses(page)} - {"/media/"}
    for address in local:
        referer = {"Referer": shop.url + path, "Cookie": "visit=of-a-shopper"}
        assert ask(shop, address, **referer).status == 200, address


def _addresses(page: str) -> list[str]:
    """Every local address of a page's source, candidates of srcset included."""
    plain = [next(filter(None, groups)) for groups in ADDRESS.findall(page)]
    sets = re.findall(r'srcset="([^"${]+)"', page)
    listed = [part.split()[0] for srcset in sets for part in srcset.split(", ")]
    assert len(plain) > 5
    return [address for address in plain + listed if "#" not in address]


@pytest.mark.parametrize(
    ("extension", "media_type"),
    [
        ("jpg", "image/jpeg"),
        ("png", "image/png"),
        ("gif", "image/gif"),
        ("webp", "image/webp"),
        ("avif", "image/avif"),
    ],
)
def test_media_are_what_they_say(shop: Any, extension: str, media_type: str) -> None:
    answer = ask(shop, f"/media/lamp-front-240.{extension}")
    assert answer.headers["Content-Type"] == media_type
    assert "immutable" in answer.headers["Cache-Control"]
    with Image.open(io.BytesIO(answer.body)) as picture:
        assert Image.MIME[picture.format or ""] == media_type
        assert picture.size == (240, 240)


@pytest.mark.parametrize(
    "path", ["/media/logo-4000.png", "/media/nothing-400.jpg", "/nothing-here"]
)
def test_not_found(shop: Any, path: str) -> None:
    assert ask(shop, path).status == 404


def test_a_known_validator_saves_the_body(shop: Any) -> None:
    first = ask(shop, "/media/badges-380.png")
    again = ask(shop, "/media/badges-380.png", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    assert ask(shop, "/media/badges-380.png", "HEAD").body == b""


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("image/avif,image/webp,*/*", "image/avif"),
        ("image/webp", "image/webp"),
        ("*/*", "image/jpeg"),
    ],
)
def test_the_image_service_negotiates(shop: Any, accept: str, media_type: str) -> None:
    answer = ask(shop, "/image/upload/f_auto,q_80,w_200/lamp-front.jpg", Accept=accept)
    assert (answer.status, answer.headers["Content-Type"]) == (200, media_type)
    assert answer.headers["Vary"] == "Accept"


@pytest.mark.parametrize(
    ("query", "accept", "status", "width", "media_type"),
    [
        ("url=%2Fmedia%2Flamp-front-1600.jpg&w=384&q=75", "image/webp", 200, 384, "image/webp"),
        ("url=%2Fmedia%2Flamp-front-1600.jpg&w=3840&q=75", "*/*", 200, 1600, "image/jpeg"),
        ("url=%2Fmedia%2Flamp-front-600.jpg&w=3840&q=75", "*/*", 200, 600, "image/jpeg"),
        ("url=%2Fmedia%2Flamp-front-1600.jpg&w=400&q=75", "*/*", 400, 0, "text/plain"),
        ("url=https%3A%2F%2Felsewhere.example%2Fa.jpg&w=384", "*/*", 400, 0, "text/plain"),
    ],
)
def test_next_s_resizer_never_enlarges(
    shop: Any, query: str, accept: str, status: int, width: int, media_type: str
) -> None:
    answer = ask(shop, f"/_next/image?{query}", Accept=accept)
    assert (answer.status, answer.headers.get_content_type()) == (status, media_type)
    if width:
        with Image.open(io.BytesIO(answer.body)) as picture:
            assert picture.width == width


@pytest.mark.parametrize("path", STOREFRONTS)
def test_storefronts_are_served_with_their_scripts(shop: Any, path: str) -> None:
    page = ask(shop, path.partition("#")[0])
    assert (page.status, page.headers.get_content_type()) == (200, "text/html")
    if path != "/storefronts/next-app":
        scripts = re.findall(r'src="(/[^"]+\.js)"', page.body.decode())
        assert all(ask(shop, script).status == 200 for script in scripts)


def test_nothing_beside_a_storefront_s_build_is_served(shop: Any) -> None:
    assert ask(shop, "/storefronts/lit/../source/package.json").status == 404
    assert ask(shop, "/storefronts/lit/%2e%2e/source/package.json").status == 404


def test_the_protected_picture_wants_the_page_s_cookie_and_referer(shop: Any) -> None:
    page = ask(shop, "/products/trail-sneaker")
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    referer = shop.url + "/products/trail-sneaker"
    assert ask(shop, SOLE).status == 403
    assert ask(shop, SOLE, Cookie=cookie).status == 403
    assert ask(shop, SOLE, Referer=referer).status == 403
    assert ask(shop, SOLE, Cookie=cookie, Referer="https://elsewhere.example/").status == 403
    assert ask(shop, SOLE, Cookie=cookie, Referer=referer).headers["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(
    ("path", "status", "media_type"),
    [
        ("/robots.txt", 200, "text/plain"),
        ("/manual.pdf", 200, "application/pdf"),
        ("/pixel.gif?page=x", 200, "image/gif"),
        ("/empty", 200, "text/html"),
        ("/text-only", 200, "text/html"),
        ("/private/prices", 200, "text/html"),
        ("/500", 500, "text/html"),
    ],
)
def test_odd_documents(shop: Any, path: str, status: int, media_type: str) -> None:
    answer = ask(shop, path)
    assert (answer.status, answer.headers.get_content_type()) == (status, media_type)


def test_a_page_that_moved(shop: Any) -> None:
    answer = ask(shop, "/summit")
    assert (answer.status, answer.headers["Location"]) == (302, "/products/summit-backpack")


def test_requests_are_remembered_in_order(shop: Any) -> None:
    ask(shop, "/robots.txt")
    ask(shop, "/empty?a=1", "HEAD")
    assert shop.requests == [("GET", "/robots.txt"), ("HEAD", "/empty?a=1")]
