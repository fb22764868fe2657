from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from imagecrawler.imaging.colour import lab
from imagecrawler.imaging.ground import ground_of
from imagecrawler.imaging.scene import NAMES, scene

Draw = Callable[..., Image.Image]


def seen(picture: Image.Image) -> dict[str, float]:
    colours = lab(picture.resize((128, 128 * picture.height // picture.width)))
    return scene(colours, ground_of(colours))


def test_a_thing_on_white_has_an_even_border_and_shades(draw_product: Draw, draw: Draw) -> None:
    studio, outdoors = seen(draw_product()), seen(draw())
    assert studio["ground_sides"] > 0.9 > outdoors["ground_sides"]
    assert studio["ground_lightness"] > 0.95
    assert studio["touched"] < outdoors["touched"]


def test_drawings_are_hard_edged_and_unshaded(draw_product: Draw, draw_logo: Draw) -> None:
    drawn, photographed = seen(draw_logo()), seen(draw_product())
    assert drawn["shaded"] < photographed["shaded"]
    assert drawn["straight"] > photographed["straight"]
    assert drawn["column_runs"] > photographed["column_runs"]


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (2, 2), (3, 3), (4, 128)])
def test_the_narrowest_pictures_have_all_figures(size: tuple[int, int]) -> None:
    colours = lab(Image.new("RGB", size, "red"))
    found = scene(colours, ground_of(colours))
    assert tuple(found) == NAMES
    assert all(value == value for value in found.values())
