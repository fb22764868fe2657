from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image, ImageDraw, ImageEnhance

from imagecrawler.imaging.decode import decode
from imagecrawler.imaging.hashing import hamming, perceptual_hash
from imagecrawler.imaging.likeness import GATE, MAX_DIFFERENCE, alike, difference, thumbnail

Draw = Callable[..., Image.Image]


def again(picture: Image.Image, form: str = "JPEG", **options: object) -> Image.Image:
    target = BytesIO()
    picture.save(target, form, **options)
    return decode(target.getvalue()).working


def cropped(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    return picture.crop((round(width * 0.03), 0, width, round(height * 0.96)))


def badged(picture: Image.Image) -> Image.Image:
    picture = picture.copy()
    side = round(min(picture.size) * 0.13)
    box = (picture.width - side - 8, 8, picture.width - 8, side + 8)
    ImageDraw.Draw(picture).ellipse(box, fill="#d7263d")
    return picture


EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "half the size": lambda p: p.resize((p.width // 2, p.height // 2)),
    "a thumbnail": lambda p: p.resize((160, 160 * p.height // p.width)),
    "coarse jpeg": lambda p: again(p, quality=30),
    "webp": lambda p: again(p, "WEBP", quality=60),
    "avif": lambda p: again(p, "AVIF", quality=60),
    "cropped": cropped,
    "badged": badged,
    "brighter": lambda p: ImageEnhance.Brightness(p).enhance(1.07),
    "darker": lambda p: ImageEnhance.Brightness(p).enhance(0.93),
    "cropped and badged": lambda p: badged(cropped(p)),
}


@pytest.mark.parametrize("name", EDITS)
@pytest.mark.parametrize("studio", [True, False])
def test_versions_of_one_picture_are_alike(
    name: str, studio: bool, draw: Draw, draw_product: Draw
) -> None:
    picture = draw_product() if studio else draw(640, 480)
    edited = EDITS[name](picture)
    assert difference(thumbnail(picture), thumbnail(edited)) <= MAX_DIFFERENCE
    assert alike(thumbnail(edited), thumbnail(picture))


def test_colour_variants_share_a_hash_and_are_told_apart(draw_product: Draw) -> None:
    colours = [(150, 40, 50), (40, 110, 60), (50, 60, 140), (90, 90, 90), (170, 150, 60)]
    variants = [draw_product(colour=colour) for colour in colours]
    prints = [(perceptual_hash(v), thumbnail(v)) for v in variants]
    for index, (hash_a, print_a) in enumerate(prints):
        for hash_b, print_b in prints[:index]:
            assert hamming(hash_a, hash_b) <= GATE
            assert not alike(print_a, print_b)


def test_a_small_coloured_part_is_a_difference(draw_product: Draw) -> None:
    plain = draw_product()
    belted = plain.copy()
    ImageDraw.Draw(belted).rectangle((200, 300, 400, 340), fill="#3366ff")
    assert not alike(thumbnail(plain), thumbnail(belted))


def test_flat_pictures_are_not_alike_by_accident() -> None:
    white, blue, pale = (
        thumbnail(Image.new("RGB", (200, 200), c)) for c in ("white", "blue", "#fafafa")
    )
    assert not alike(white, blue)
    assert not alike(white, pale)
    assert alike(white, white)


def test_hamming_counts_bits() -> None:
    assert hamming(0b1011, 0b0001) == 2
    assert hamming(2**64 - 1, 0) == 64


def test_the_hash_has_64_bits_and_survives_scaling(draw: Draw) -> None:
    picture = draw(640, 480)
    whole, half = perceptual_hash(picture), perceptual_hash(picture.resize((320, 240)))
    assert 0 <= whole < 2**64
    assert hamming(whole, half) <= 4
