from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageFilter

from imagecrawler.imaging.decode import decode
from imagecrawler.imaging.measure import features

Draw = Callable[..., Image.Image]
Encode = Callable[..., bytes]


def test_blur_and_enlargement_lower_sharpness(draw: Draw, encode: Encode) -> None:
    picture = draw(500, 400)
    blurred = picture.filter(ImageFilter.GaussianBlur(2))
    enlarged = picture.resize((50, 40)).resize((500, 400))
    sharp, soft, none = (
        features(decode(encode(each, "PNG")))["sharpness"] for each in (picture, blurred, enlarged)
    )
    assert sharp > soft > none


def test_a_white_ground_says_nothing_of_noise_when_darkened(encode: Encode) -> None:
    levels = np.full((320, 320), 255.0)
    levels[60:260, 60:260] = np.random.default_rng(0).normal(120, 8, (200, 200))
    studio, darker = (Image.fromarray((levels * gain).astype(np.uint8)) for gain in (1, 0.9))
    seen, left = (features(decode(encode(each, "PNG")))["noise"] for each in (studio, darker))
    assert seen > 4
    assert left == pytest.approx(0.9 * seen, rel=0.1)


def test_noise_on_a_white_ground_is_seen_beside_it(draw_product: Draw, encode: Encode) -> None:
    # clipped at white, so that of the ground only the darker half of it is there
    levels = np.asarray(draw_product()).astype(np.float32)
    grain = np.random.default_rng(0).normal(0, 40, levels.shape[:2])[..., None]
    noisy = Image.fromarray(np.clip(levels + grain, 0, 255).astype(np.uint8))
    assert features(decode(encode(noisy, "PNG")))["noise"] > 27


def test_one_colour_has_neither_detail_nor_spread(encode: Encode) -> None:
    found = features(decode(encode(Image.new("RGB", (300, 300), "#336699"), "PNG")))
    assert found["sharpness"] == 0
    assert found["spread"] == 0
    assert found["palette"] == 1
    assert found["background"] == 1


def test_studio_white_is_seen_at_the_border(draw: Draw, draw_product: Draw, encode: Encode) -> None:
    studio = features(decode(encode(draw_product())))
    scene = features(decode(encode(draw())))
    assert studio["border_white"] > 0.9
    assert scene["border_white"] < 0.1
    assert studio["border_match"] > scene["border_match"]


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (2, 2), (5, 5)])
def test_the_narrowest_pictures_are_measured(size: tuple[int, int], encode: Encode) -> None:
    found = features(decode(encode(Image.new("RGB", size, "red"), "PNG")))
    assert all(value == value for value in found.values())
