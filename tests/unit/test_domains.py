from __future__ import annotations

import pytest

from imagecrawler.domains import registrable_domain


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.shop.co.uk/p?q=1", "shop.co.uk"),
        ("https://SHOP.example.com:8443/", "example.com"),
        ("https://shop.example.com./p", "example.com"),
        ("https://one.myshopify.com/products/1", "one.myshopify.com"),
        ("https://xn--bcher-kva.de/", "xn--bcher-kva.de"),
        ("http://127.0.0.1/p", "127.0.0.1"),
        ("http://127.0.0.1:8001/p", "127.0.0.1:8001"),
        ("http://[::1]:8001/p", "::1:8001"),
        ("http://localhost:3000/", "localhost:3000"),
        ("http://www.shop.internal/p", "shop.internal"),
        ("http://shop-1.localhost:8001/p", "shop-1.localhost"),
        ("http://co.uk/", "co.uk"),
    ],
)
def test_the_owner_of_a_url(url, domain):
    assert registrable_domain(url) == domain
