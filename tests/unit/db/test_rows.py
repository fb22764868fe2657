from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from imagecrawler.db.rows import image_row, phash_hex
from imagecrawler.items import (
    DownloadedImage,
    ImageCandidate,
    Likelihoods,
    Measurements,
    PageItem,
    Role,
    ScoredImage,
    StoredImage,
    Target,
    Version,
)


def stored_image(**texts: str) -> StoredImage:
    candidate = ImageCandidate(
        (Version("https://shop.example/a-1200.jpg", 1200),), ("img", "json_ld"), **texts
    )
    scored = ScoredImage(
        image=DownloadedImage(candidate, "https://cdn.shop.example/a.jpg", b"x" * 2048),
        measured=Measurements(1200, 900, "jpeg", 255),
        sha256="a" * 64,
        quality=92.5,
        breakdown={"sharpness": 0.8},
        role=Role.HERO,
        is_product=True,
        is_lifestyle=False,
        absorbed=("https://shop.example/a-small.jpg",),
    )
    return StoredImage(scored, "campaigns/c/scraped-images/hero_01.jpg", "https://cdn.example/1")


def row_of(image: StoredImage) -> dict:
    target = Target("https://shop.example/p", uuid4(), uuid4())
    return image_row(PageItem(target, uuid4(), stored=(image,)), image)


def test_row_holds_all_that_is_known():
    row = row_of(stored_image(alt="A shoe"))
    assert row["file_size"] == 2048
    assert row["original_url"] == "https://cdn.shop.example/a.jpg"
    assert (row["is_hero"], row["is_product"], row["is_lifestyle"]) == (True, True, False)
    assert row["metadata"] == {
        "score_breakdown": {"sharpness": 0.8},
        "phash": "00000000000000ff",
        "sources": ["img", "json_ld"],
        "page_url": "https://shop.example/p",
        "duplicates": ["https://shop.example/a-small.jpg"],
    }


@pytest.mark.parametrize(
    ("texts", "context"),
    [
        ({}, None),
        ({"heading": "Shoe", "caption": "Shoe", "text": "Runs far"}, "Shoe | Runs far"),
        ({"caption": "Red\0"}, "Red"),
    ],
)
def test_context_is_each_text_once(texts, context):
    assert row_of(stored_image(**texts))["context"] == context


def test_what_decided_the_role_is_kept():
    read = Likelihoods(0.9, 0.08, 0.02, {"product": {"border_white": 2.1}, "graphic": {}})
    image = stored_image()
    row = row_of(replace(image, scored=replace(image.scored, likelihoods=read)))
    assert row["metadata"]["classification"] == {
        "product": 0.9,
        "lifestyle": 0.08,
        "graphic": 0.02,
        "evidence": {"product": {"border_white": 2.1}, "graphic": {}},
    }


def test_no_alt_text_is_null():
    assert row_of(stored_image())["alt_text"] is None


@pytest.mark.parametrize(("phash", "digits"), [(0, "0" * 16), (2**64 - 1, "f" * 16)])
def test_phash_is_sixteen_digits(phash, digits):
    assert phash_hex(phash) == digits
