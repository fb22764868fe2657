from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from imagecrawler.imaging.decode import decode
from imagecrawler.imaging.measure import features
from imagecrawler.imaging.roles import Likelihoods, likelihoods
from imagecrawler.items import ImageCandidate, Measurements, Version

Draw = Callable[..., Image.Image]
Read = Callable[..., Likelihoods]


@pytest.fixture
def read(encode: Callable[..., bytes]) -> Read:
    def reading(
        picture: Image.Image, name: str = "p1.jpg", product_name: str = "", **about: object
    ) -> Likelihoods:
        decoded = decode(encode(picture, "PNG"))
        measured = Measurements(decoded.width, decoded.height, "png", 0, features(decoded))
        details = {"sources": ("img",), **about}
        candidate = ImageCandidate((Version(f"https://shop.example/{name}"),), **details)
        return likelihoods(measured, candidate, product_name)

    return reading


def test_pixels_alone_tell_clear_cases(
    read: Read, draw: Draw, draw_product: Draw, draw_logo: Draw
) -> None:
    assert read(draw_product()).product > 0.8
    assert read(draw()).lifestyle > 0.8
    assert read(draw_logo()).graphic > 0.8


def test_words_shift_the_reading(read: Read, draw_product: Draw) -> None:
    plain = read(draw_product()).graphic
    assert read(draw_product(), "payment-icons.png").graphic > plain
    assert read(draw_product(), "storeLogos/CA/670.gif").graphic > plain
    assert read(draw_product(), "img/payment-icons/670.gif").graphic > plain
    assert read(draw_product(), "catalogos/670.gif").graphic == plain
    assert read(draw_product(), alt="Logo").graphic > plain
    assert read(draw_product(), containers=("div", "badges")).graphic > plain
    assert read(draw_product(), sources=("img", "json-ld")).graphic < plain
    assert read(draw_product(), "iconic-flagship-chair.jpg").graphic == plain


def test_a_close_up_is_known_by_its_gallery(read: Read, draw: Draw) -> None:
    alone, shown = read(draw()), read(draw(), containers=("div", "product-gallery"))
    assert shown.product > alone.product
    assert shown.graphic < alone.graphic


def test_a_swatch_is_all_ground(read: Read) -> None:
    grain = Image.effect_noise((200, 200), 8).convert("RGB")
    assert read(grain).graphic > 0.5


def test_what_decided_is_told(read: Read, draw_product: Draw, draw_logo: Draw) -> None:
    evidence = read(draw_logo(), "payment-icons.png").evidence
    assert evidence["graphic"]["named_graphic"] == 2.0
    assert sum(evidence["graphic"].values()) > 0
    evidence = read(draw_product(), alt="Red vase", product_name="Red vase").evidence
    assert evidence["product"]["border_white"] > 0
    sizes = [abs(value) for value in evidence["product"].values()]
    assert sizes == sorted(sizes, reverse=True)


def test_the_product_s_name_and_cards_speak_against_a_graphic(
    read: Read, draw_product: Draw
) -> None:
    plain = read(draw_product()).graphic
    named = read(draw_product(), alt="Red clay vase", product_name="Red vase of clay")
    card = read(draw_product(), siblings=6, link="https://shop.example/other")
    assert named.graphic < plain
    assert card.graphic < plain
    assert read(draw_product(), containers=("footer",)).graphic > plain


@pytest.mark.parametrize("url", ["https://[broken", "https://x/%FF%FE", "data:,"])
def test_odd_addresses_do_no_harm(url: str, draw: Draw, encode: Callable[..., bytes]) -> None:
    measured = Measurements(9, 9, "png", 0, features(decode(encode(draw(), "PNG"))))
    assert likelihoods(measured, ImageCandidate((Version(url),), ("img",))).lifestyle > 0
