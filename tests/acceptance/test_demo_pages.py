"""Every page of the demo shop ends as its ``expected.json`` says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from installation import Installation
from serve import DemoShop

EXPECTED = json.loads((Path(__file__).parents[1] / "site" / "expected.json").read_text("utf-8"))


def _name(url: str) -> str:
    """The picture's name within its address: ``…/mug-top-1200.webp`` shows mug-top."""
    return re.sub(r"(-\d+)?\.\w+$", "", url.rsplit("/", 1)[-1])


def _names(images: list[dict[str, Any]], flag: str) -> set[str]:
    return {_name(image["original_url"]) for image in images if image["metadata"][flag]}


@pytest.mark.parametrize("path", EXPECTED)
def test_a_page_s_pictures_are_told_apart(
    installation: Installation, shop: DemoShop, path: str
) -> None:
    expected = EXPECTED[path]
    answer = installation.scrape_json(shop.url + path, "--max-images", "30")
    images = answer["images"]
    saved = {_name(image["original_url"]) for image in images}

    assert answer["status"] == "succeeded"
    assert _name(images[0]["original_url"]) in expected["hero"]
    assert not _names(images, "is_hero") & {*expected["related"], *expected["graphic"]}
    assert not saved & set(expected["graphic"])
    assert {*expected["hero"], *expected["product"], *expected["lifestyle"]} <= saved
    assert set(expected["product"]) <= _names(images, "is_product")
    assert set(expected["lifestyle"]) <= _names(images, "is_lifestyle")
