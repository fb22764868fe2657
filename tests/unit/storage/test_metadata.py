from __future__ import annotations

from operator import mul
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagecrawler.errors import StoreError
from imagecrawler.items import (
    DownloadedImage,
    ImageCandidate,
    Measurements,
    Role,
    ScoredImage,
    Target,
    Version,
)
from imagecrawler.storage.metadata import TEXTS, describe, parse
from imagecrawler.storage.store import METADATA_LIMIT, metadata_size, require_metadata

CAMPAIGN = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")
USER = UUID("16fd2706-8baf-433b-82eb-8c7fada847da")
URL = "https://shop.example/media/shoe.jpg?w=1200&fmt=a%20b"
PAGE = "https://shop.example/shoe"
BREAKDOWN = {"resolution": 0.98765, "sharpness": 0.5, "position": 1.0}


def target(url: str = PAGE) -> Target:
    return Target(url, CAMPAIGN, USER)


def scored(url: str = URL, sources: tuple[str, ...] = (), **changes: Any) -> ScoredImage:
    texts = {name: changes.pop(name, "") for name in TEXTS}
    candidate = ImageCandidate((Version(url),), sources, **texts)
    fields: dict[str, Any] = {
        "measured": Measurements(1200, 1600, "jpeg", 0x00FF00FF12345678),
        "sha256": "ab" * 32,
        "quality": 92.5,
        "breakdown": BREAKDOWN,
        "role": Role.HERO,
        "is_product": True,
        "is_lifestyle": False,
    }
    return ScoredImage(DownloadedImage(candidate, url, b""), **fields | changes)


@st.composite
def wild(draw: st.DrawFn) -> tuple[Target, ScoredImage]:
    text = st.builds(mul, st.text(st.characters(codec=None)), st.sampled_from([1, 1, 20, 400]))
    numbers = st.floats(0, 1)
    image = scored(
        draw(text),
        tuple(draw(st.lists(text, max_size=4))),
        **{name: draw(text) for name in TEXTS},
        measured=Measurements(
            draw(st.integers(1, 65_535)),
            draw(st.integers(1, 65_535)),
            draw(st.sampled_from(["jpeg", "png", "webp", "avif", "gif"])),
            draw(st.integers(0, 2**64 - 1)),
        ),
        quality=draw(st.floats(0, 100)),
        breakdown=draw(st.dictionaries(st.text(st.characters(codec="utf-8")), numbers)),
        role=draw(st.sampled_from(Role)),
        is_product=draw(st.booleans()),
        is_lifestyle=draw(st.booleans()),
    )
    return target(draw(text)), image


def valid(text: str) -> str:
    return text.encode(errors="replace").decode()


@settings(deadline=None)
@given(wild())
def test_it_always_fits_and_headers_can_carry_it(case: tuple[Target, ScoredImage]) -> None:
    metadata = describe(*case)
    assert metadata_size(metadata) <= METADATA_LIMIT
    assert require_metadata(metadata) == metadata


@settings(deadline=None)
@given(wild())
def test_what_was_kept_comes_back(case: tuple[Target, ScoredImage]) -> None:
    _, image = case
    metadata = describe(*case)
    told = parse(metadata)
    measured = image.measured
    assert (told.campaign_id, told.user_id, told.sha256) == (CAMPAIGN, USER, image.sha256)
    assert (told.width, told.height, told.format) == (
        measured.width,
        measured.height,
        measured.format,
    )
    assert told.phash == measured.phash
    assert told.quality == image.quality
    assert (told.role, told.is_product, told.is_lifestyle) == (
        image.role,
        image.is_product,
        image.is_lifestyle,
    )
    for name in TEXTS:
        assert valid(getattr(image.image.candidate, name)).startswith(getattr(told, name))


@settings(deadline=None)
@given(st.tuples(*[st.text(max_size=40) for _ in TEXTS]))
def test_short_texts_come_back_whole(texts: tuple[str, ...]) -> None:
    given_texts = dict(zip(TEXTS, texts, strict=True))
    told = parse(describe(target(), scored(**given_texts)))
    assert {name: getattr(told, name) for name in TEXTS} == given_texts


def test_everything_of_an_ordinary_image_is_kept() -> None:
    image = scored(sources=("srcset", "json_ld"), alt="A blue écharpe, 100 % wool", heading="New")
    told = parse(describe(target(), image))
    assert told.original_url == URL
    assert told.page_url == PAGE
    assert told.breakdown == {"resolution": 0.988, "sharpness": 0.5, "position": 1.0}
    assert told.sources == ("srcset", "json_ld")
    assert (told.alt, told.heading, told.caption) == ("A blue écharpe, 100 % wool", "New", "")


def test_a_url_of_1500_characters_is_kept_whole() -> None:
    url = "https://shop.example/" + "%C3%A9" * 246 + "abc"
    assert len(url) == 1500
    metadata = describe(target("https://shop.example/" + "p" * 1479), scored(url, alt="long " * 99))
    assert metadata["original-url"] == url
    assert "page-url" not in metadata
    assert parse(metadata).breakdown.keys() == BREAKDOWN.keys()
    assert parse(metadata).alt.startswith("long long ")


def test_a_url_that_is_too_long_is_left_out_rather_than_cut() -> None:
    metadata = describe(target(), scored("https://shop.example/" + "a" * 2000))
    assert "original-url" not in metadata
    assert parse(metadata).original_url == ""


def test_a_url_outside_ascii_comes_back_percent_encoded() -> None:
    told = parse(describe(target(), scored("https://shop.example/é b.jpg?x=%20")))
    assert told.original_url == "https://shop.example/%C3%A9%20b.jpg?x=%20"


def test_long_texts_share_the_room_that_short_ones_leave() -> None:
    told = parse(describe(target(), scored(alt="short", heading="h" * 3000, text="t" * 3000)))
    assert told.alt == "short"
    assert len(told.heading) > 500
    assert abs(len(told.heading) - len(told.text)) <= len("heading") - len("text") + 1


def test_the_room_is_used_up() -> None:
    metadata = describe(target(), scored(**dict.fromkeys(TEXTS, "a" * 3000)))
    assert metadata_size(metadata) == METADATA_LIMIT


def test_a_cut_never_falls_into_a_character() -> None:
    told = parse(describe(target(), scored(**dict.fromkeys(TEXTS, "商" * 999))))
    assert all(set(getattr(told, name)) == {"商"} for name in TEXTS)


def test_a_number_of_numpy_is_a_number() -> None:
    metadata = describe(target(), scored(quality=np.float64(92.5), breakdown={"a": np.float32(1)}))
    assert parse(metadata).quality == 92.5
    assert parse(metadata).breakdown == {"a": 1.0}


def test_half_a_surrogate_pair_is_replaced() -> None:
    image = scored("https://shop.example/\ud83d", ("\ud83d",), alt="smile \ud83d")
    told = parse(describe(target(), image))
    assert (told.alt, told.sources) == ("smile ?", ("?",))


@pytest.mark.parametrize(
    "name",
    ["campaign-id", "user-id", "sha256", "phash", "width", "height", "format", "quality", "role"],
)
def test_a_row_cannot_be_made_without_its_essentials(name: str) -> None:
    metadata = describe(target(), scored())
    del metadata[name]
    with pytest.raises(StoreError, match=f"lacks {name}"):
        parse(metadata)


@pytest.mark.parametrize(
    "name", ["campaign-id", "user-id", "phash", "width", "height", "quality", "role", "breakdown"]
)
def test_malformed_values_are_named(name: str) -> None:
    metadata = describe(target(), scored()) | {name: "?:"}
    with pytest.raises(StoreError, match=f"malformed {name}"):
        parse(metadata)


@pytest.mark.parametrize(
    ("name", "value"),
    [("sha256", "ab" * 31), ("sha256", "AB" * 32), ("phash", "f" * 17), ("phash", "-1"),
     ("width", "0"), ("height", str(2**31)), ("format", "bmp"), ("quality", "nan"),
     ("quality", "100.5")],
)  # fmt: skip
def test_values_out_of_range_are_malformed(name: str, value: str) -> None:
    with pytest.raises(StoreError, match=f"malformed {name}"):
        parse(describe(target(), scored()) | {name: value})
