import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.egress.endpoint import Endpoint, parse_absolute_form
from imagecrawler.errors import EgressRefused


@pytest.mark.parametrize(
    ("authority", "endpoint"),
    [
        ("shop.test:443", Endpoint("shop.test", 443)),
        ("SHOP.test:443", Endpoint("shop.test", 443)),
        ("shop_1.test.:8080", Endpoint("shop_1.test.", 8080)),
        ("127.0.0.1:80", Endpoint("127.0.0.1", 80)),
        ("0x7f.1:80", Endpoint("0x7f.1", 80)),
        ("[0:0::1]:80", Endpoint("::1", 80)),
    ],
)
def test_authorities(authority: str, endpoint: Endpoint):
    assert Endpoint.parse(authority) == endpoint


@pytest.mark.parametrize(
    "authority",
    [
        "",
        ":80",
        "shop.test",
        "shop.test:0",
        "shop.test:65536",
        "shop.test:+80",
        "shop.test:8o",
        "shop.test:80:80",
        "user@shop.test:80",
        "user:secret@shop.test:80",
        "shop.test\\@127.0.0.1:80",
        "shop.test%00:80",
        "%31%32%37.0.0.1:80",
        "①②⑦.0.0.1:80",
        "127。0。0。1:80",
        "shop.test:٨٠",
        "::1:80",
        "[::1",
        "[fe80::1%25eth0]:80",
        "[127.0.0.1]:80",
        "[:::]:80",
        "shop.test:80\n",
        "shop test:80",
        "a" * 256 + ":80",
    ],
)
def test_what_is_no_authority_is_refused(authority: str):
    with pytest.raises(EgressRefused):
        Endpoint.parse(authority)


@given(st.text(max_size=40))
def test_parsing_gives_a_plain_host_or_refuses(text: str):
    try:
        endpoint = Endpoint.parse(text)
    except EgressRefused:
        return
    assert endpoint.host.isascii()
    assert not set(endpoint.host) & set("/@%[]\\? #")
    assert 0 < endpoint.port < 65_536


@pytest.mark.parametrize(
    ("target", "endpoint", "path"),
    [
        ("http://shop.test/a?b=c", Endpoint("shop.test", 80), "/a?b=c"),
        ("HTTP://shop.test:8080", Endpoint("shop.test", 8080), "/"),
        ("http://shop.test?q", Endpoint("shop.test", 80), "/?q"),
        ("http://shop.test/a#http://other.test/", Endpoint("shop.test", 80), "/a"),
        ("http://[::1]:81//x", Endpoint("::1", 81), "//x"),
    ],
)
def test_absolute_form(target: str, endpoint: Endpoint, path: str):
    assert parse_absolute_form(target) == (endpoint, path)


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "*",
        "shop.test:80",
        "https://shop.test/",
        "ftp://shop.test/",
        "http:/shop.test/",
        "http:///shop.test/",
        "http://user:secret@shop.test/",
        "http://shop.test\\@other.test/",
    ],
)
def test_other_targets_are_refused(target: str):
    with pytest.raises(EgressRefused):
        parse_absolute_form(target)


@pytest.mark.parametrize(
    ("endpoint", "authority", "text"),
    [
        (Endpoint("shop.test", 80), "shop.test", "shop.test:80"),
        (Endpoint("shop.test", 8080), "shop.test:8080", "shop.test:8080"),
        (Endpoint("::1", 80), "[::1]", "[::1]:80"),
        (Endpoint("::1", 8080), "[::1]:8080", "[::1]:8080"),
    ],
)
def test_an_endpoint_is_written_as_in_urls(endpoint: Endpoint, authority: str, text: str):
    assert (endpoint.authority, str(endpoint)) == (authority, text)


@pytest.mark.parametrize(
    ("url", "as_sent"),
    [
        ("http://Shop.test/a", "shop.test:80"),
        ("https://shop.test./a", "shop.test:443"),
        ("wss://shop.test/a", "shop.test:443"),
        ("http://user:secret@shop.test:8080/", "shop.test:8080"),
        ("https://bücher.example/", "xn--bcher-kva.example:443"),
        ("http://①②⑦.0.0.1/", "127.0.0.1:80"),
        ("http://0x7f.1/", "127.0.0.1:80"),
        ("http://2130706433/", "127.0.0.1:80"),
        ("http://127.0.0.1./", "127.0.0.1:80"),
        ("http://%31%32%37.1/", "127.0.0.1:80"),
        ("http://[0:0:0:0:0:0:0:1]/", "[::1]:80"),
    ],
)
def test_a_url_and_the_request_a_browser_makes_of_it_share_a_key(url: str, as_sent: str):
    endpoint = Endpoint.of_url(url)

    assert endpoint is not None
    assert endpoint.key == Endpoint.parse(as_sent).key


@pytest.mark.parametrize(
    "url", ["", "shop.test", "data:,x", "http://", "http://a:b:c/", "http://[/"]
)
def test_a_url_without_host_or_port_has_no_endpoint(url: str):
    assert Endpoint.of_url(url) is None


@given(st.text(max_size=60))
def test_any_text_may_be_asked_about(text: str):
    endpoint = Endpoint.of_url(f"http://{text}")
    assert endpoint is None or endpoint.key
