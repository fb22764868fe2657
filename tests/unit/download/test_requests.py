import pytest

from imagecrawler.download.requests import cookie_header, referer
from imagecrawler.items import Cookie


@pytest.mark.parametrize(
    ("domain", "sent"),
    [("shop.example", True), (".shop.example", True), (".example", True), ("hop.example", False)],
)
def test_cookies_go_to_their_domain_only(domain: str, sent: bool) -> None:
    header = cookie_header([Cookie("a", "1", domain)], "https://shop.example/x.jpg")
    assert header == ("a=1" if sent else "")


@pytest.mark.parametrize(
    ("path", "sent"),
    [("/", True), ("/img", True), ("/img/", True), ("/im", False), ("/img/x.jpg", True)],
)
def test_cookies_go_to_their_path_only(path: str, sent: bool) -> None:
    cookie = Cookie("a", "1", "shop.example", path)
    assert bool(cookie_header([cookie], "https://shop.example/img/x.jpg")) is sent


def test_secure_cookies_never_travel_in_the_open() -> None:
    cookies = [Cookie("a", "1", "shop.example", secure=True), Cookie("b", "2", "shop.example")]
    assert cookie_header(cookies, "https://shop.example/x.jpg") == "a=1; b=2"
    assert cookie_header(cookies, "http://shop.example/x.jpg") == "b=2"


@pytest.mark.parametrize(
    ("page", "url", "expected"),
    [
        ("https://a.example/p?x=1#top", "https://a.example/i.jpg", "https://a.example/p?x=1"),
        ("https://a.example/p?x=1", "https://cdn.example/i.jpg", "https://a.example/"),
        ("https://a.example/p", "http://a.example/i.jpg", ""),
        ("http://a.example/p", "https://a.example/i.jpg", "http://a.example/"),
    ],
)
def test_the_referer_tells_strangers_the_site_only(page: str, url: str, expected: str) -> None:
    assert referer(page, url) == expected
