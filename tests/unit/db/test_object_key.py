from __future__ import annotations

from uuid import UUID

import pytest

from imagecrawler.db.keys import object_key
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
