"""Which of two versions of a picture holds more of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from imagecrawler.imaging.components import fidelity
from imagecrawler.imaging.examine import Pixels, look_at
from imagecrawler.items import Measurements

Draw = Callable[..., Image.Image]
Encode = Callable[..., bytes]


def resized(picture: Image.Image, factor: float) -> Image.Image:
    size = (round(picture.width * factor), round(picture.height * factor))
    return picture.resize(size, Image.Resampling.LANCZOS)


def kept(body: bytes) -> float:
    look = look_at(body)
    assert isinstance(look, Pixels)
    return fidelity(look.measured)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("factor", [0.25, 0.5])
def test_sharp_versions_are_told_from_what_was_made_of_them(
    seed: int, factor: float, draw: Draw, encode: Encode
) -> None:
    large = draw(1280, 1280, seed=seed)
    picture = resized(large, factor)
    worse = {
        "half": resized(picture, 0.5),
        "enlarged 1.4 times": resized(picture, 1.4),
        "0.3 and back": resized(picture, 0.3).resize(picture.size),
    }
    if factor == 0.25:  # larger ones are measured at half their size
        worse["enlarged twice"] = resized(picture, 2)
    best = kept(encode(picture, quality=92))
    others = {name: kept(encode(each, quality=92)) for name, each in worse.items()}
    assert max(others.values()) < best, others
    assert kept(encode(picture, quality=40)) < best


def test_of_one_size_the_finer_edges_are_ahead() -> None:
    seen = {"reach": 0.3, "clipped": 0.0, "blank": 0.0, "quantum": 0.0, "noise": 0.0}
    fine, soft = (
        fidelity(Measurements(600, 600, "jpeg", 0, seen | {"cycles": cycles}))
        for cycles in (90.0, 60.0)
    )
    assert fine > soft
