from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from imagecrawler.dedupe import deduplicate, rank
from imagecrawler.imaging.examine import Examined, examine
from imagecrawler.items import (
    DownloadedImage,
    ImageCandidate,
    Measurements,
    Reason,
    Role,
    ScoredImage,
    Version,
)


def pattern(
    seed: int = 0,
    tint: tuple[int, int, int] = (255, 255, 255),
    spots: int = 9,
    smooth: bool = True,
) -> Image.Image:
    """As large as it looks only where it is not ``smooth``: with edges as sharp as pixels."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 255, (spots, spots), dtype=np.uint8))
    method = Image.Resampling.BICUBIC if smooth else Image.Resampling.NEAREST
    light = np.asarray(coarse.resize((480, 480), method)) / 255
    return Image.fromarray((light[..., None] * np.array(tint)).astype(np.uint8))


def examined(picture: Image.Image, name: str, form: str = "JPEG", **options: object) -> Examined:
    target = BytesIO()
    picture.save(target, form, **options)
    url = f"https://shop.example/{name}"
    candidate = ImageCandidate((Version(url),), ("img",))
    found = examine(DownloadedImage(candidate, url, target.getvalue()))
    assert isinstance(found, Examined)
    return found


def scored(
    picture: Image.Image,
    name: str,
    form: str = "JPEG",
    role: Role = Role.PRODUCT,
    prominence: float = 0.0,
    **options: object,
) -> ScoredImage:
    found = examined(picture, name, form, **options)
    return ScoredImage(
        image=found.image,
        measured=found.measured,
        sha256=found.sha256,
        quality=found.quality,
        breakdown=found.breakdown,
        role=role,
        is_product=True,
        is_lifestyle=False,
        prominence=prominence,
        thumbnail=found.thumbnail,
    )


def names(images: Sequence[ScoredImage]) -> list[str]:
    return [image.url.rsplit("/", 1)[-1] for image in images]


def test_nothing_in_nothing_out() -> None:
    assert deduplicate([]) == ((), ())
    assert rank([], 5) == ((), ())


def test_the_best_version_is_kept_and_absorbs_the_others() -> None:
    picture = pattern(spots=120, smooth=False)
    kept, rejected = deduplicate(
        [
            scored(picture.resize((200, 200)), "small.jpg"),
            scored(picture, "coarse.jpg", quality=20),
            scored(picture, "best.jpg", quality=92),
            scored(picture.resize((240, 240)), "small.webp", "WEBP"),
        ]
    )
    assert names(kept) == ["best.jpg"]
    assert {url.rsplit("/", 1)[-1] for url in kept[0].absorbed} == {
        "small.jpg",
        "coarse.jpg",
        "small.webp",
    }
    assert {r.reason for r in rejected} == {Reason.DUPLICATE}
    assert {r.duplicate_of for r in rejected} == {kept[0].url}
    assert all(r.detail.startswith("Hamming distance ") for r in rejected)


def test_the_same_bytes_are_duplicates_even_without_detail() -> None:
    flat = Image.new("RGB", (200, 200), "white")
    kept, rejected = deduplicate([scored(flat, "a"), scored(flat, "b")])
    assert (names(kept), len(rejected)) == (["a"], 1)
    assert rejected[0].detail == "Hamming distance 0"


def test_flat_colours_stay_apart() -> None:
    flats = [Image.new("RGB", (200, 200), colour) for colour in ("white", "blue", "#f4f4f4")]
    images = [scored(flat, str(index)) for index, flat in enumerate(flats)]
    assert deduplicate(images) == (tuple(images), ())


def test_colour_variants_and_other_pictures_stay_apart() -> None:
    images = [
        scored(pattern(0, (255, 90, 90)), "red"),
        scored(pattern(0, (90, 120, 255)), "blue"),
        scored(pattern(1), "other"),
    ]
    assert deduplicate(images) == (tuple(images), ())


def test_the_kept_one_inherits_what_made_a_duplicate_the_hero() -> None:
    picture = pattern(spots=120, smooth=False)
    kept, rejected = deduplicate(
        [
            scored(picture, "large", role=Role.PRODUCT, prominence=0.2),
            scored(picture.resize((200, 200)), "hero", role=Role.HERO, prominence=0.9),
        ]
    )
    assert names(kept) == ["large"]
    assert (kept[0].role, kept[0].prominence) == (Role.HERO, 0.9)
    assert len(rejected) == 1


def test_likeness_does_not_creep() -> None:
    shades = [pattern(0, (255, 255 - 16 * step, 255 - 16 * step)) for step in range(8)]
    images = [scored(shade, str(step), "PNG") for step, shade in enumerate(shades)]
    kept, rejected = deduplicate(images)
    assert 1 < len(kept) < len(images)
    assert len(kept) + len(rejected) == len(images)


def test_order_is_kept() -> None:
    images = [scored(pattern(seed), str(seed)) for seed in (3, 1, 2)]
    assert names(deduplicate(images)[0]) == ["3", "1", "2"]


BASE = ScoredImage(
    image=DownloadedImage(ImageCandidate((Version("https://x/0"),), ("img",)), "https://x/0", b""),
    measured=Measurements(
        500,
        500,
        "jpeg",
        0,
        {"cycles": 100.0, "reach": 0.5, "clipped": 0.0, "blank": 0.0, "quantum": 0.0, "noise": 0.0},
    ),
    sha256="",
    quality=50,
    breakdown={},
    role=Role.PRODUCT,
    is_product=True,
    is_lifestyle=False,
)


def ranked(quality: float, role: Role = Role.PRODUCT, prominence: float = 0.0) -> ScoredImage:
    return replace(BASE, quality=quality, role=role, prominence=prominence)


def test_heroes_come_first_by_prominence_then_quality_decides() -> None:
    best_hero, hero = ranked(40, Role.HERO, 0.9), ranked(95, Role.HERO, 0.7)
    good, fair = ranked(90, prominence=0.1), ranked(60, Role.LIFESTYLE, 0.6)
    kept, rejected = rank([fair, hero, good, best_hero], 10)
    assert kept == (best_hero, hero, good, fair)
    assert rejected == ()


@given(st.lists(st.floats(0, 100), max_size=20), st.integers(1, 10))
def test_the_surplus_is_over_the_limit(qualities: list[float], limit: int) -> None:
    kept, rejected = rank([ranked(quality) for quality in qualities], limit)
    assert [image.quality for image in kept] == sorted(qualities, reverse=True)[:limit]
    assert len(kept) + len(rejected) == len(qualities)
    assert all(rejection.reason is Reason.OVER_LIMIT for rejection in rejected)


@pytest.mark.parametrize("form", ["PNG", "WEBP", "AVIF", "GIF"])
def test_another_format_is_the_same_picture(form: str) -> None:
    picture = pattern()
    kept, _ = deduplicate([scored(picture, "jpeg"), scored(picture, form, form)])
    assert len(kept) == 1


def test_of_the_same_detail_the_main_picture_stays() -> None:
    # more cycles by a fiftieth, as another encoding has them
    finer = replace(BASE.measured, features={**BASE.measured.features, "cycles": 102.0})
    main, thumbnail = (
        replace(
            BASE,
            image=replace(BASE.image, url=f"https://shop.example/{name}"),
            sha256="the same",
            measured=measured,
            prominence=prominence,
        )
        for name, measured, prominence in (("main", BASE.measured, 0.8), ("thumb", finer, 0.1))
    )
    kept, _ = deduplicate([thumbnail, main])
    assert names(kept) == ["main"]
