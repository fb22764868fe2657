from __future__ import annotations

from uuid import UUID

import pytest

from imagecrawler.db.keys import object_key, parse_key
from imagecrawler.items import Role

CAMPAIGN = UUID("0d6a2f3e-5f0c-4f5a-9f2b-0a8d6c6a2b11")


@pytest.mark.parametrize(
    ("role", "number", "ext", "name"),
    [
        (Role.HERO, 1, "jpg", "hero_01.jpg"),
        (Role.PRODUCT, 42, "webp", "product_42.webp"),
        (Role.LIFESTYLE, 1234, "png", "lifestyle_1234.png"),
    ],
)
def test_key(role, number, ext, name):
    assert object_key(CAMPAIGN, role, number, ext) == f"campaigns/{CAMPAIGN}/scraped-images/{name}"


@pytest.mark.parametrize("number", [1, 42, 123_456_789])
@pytest.mark.parametrize("role", Role)
def test_a_key_tells_its_campaign_and_number(role, number):
    assert parse_key(object_key(CAMPAIGN, role, number, "jpg")) == (CAMPAIGN, number)


@pytest.mark.parametrize(
    "name",
    ["hero_00.jpg", "hero_1234567890.jpg", "hero.jpg", "logo_01.jpg", "hero_01", "hero_01.jpg/x",
     "hero_٣.jpg"],
)  # fmt: skip
def test_what_is_no_key_of_ours(name):
    assert parse_key(f"campaigns/{CAMPAIGN}/scraped-images/{name}") is None
    assert parse_key(f"campaigns/{str(CAMPAIGN).upper()}/scraped-images/hero_01.jpg") is None
