from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from PIL import Image, ImageFilter

from imagecrawler.dedupe import rank
from imagecrawler.imaging.examine import Examined, examine
from imagecrawler.imaging.judge import judge
from imagecrawler.items import (
    DownloadedImage,
    PageSnapshot,
    Reason,
    Rect,
    Rejection,
    Role,
    ScoredImage,
)

Draw = Callable[..., Image.Image]
Encode = Callable[..., bytes]
Download = Callable[..., DownloadedImage]
Look = Callable[..., Examined]

PAGE = PageSnapshot(
    "https://shop.example/red-vase",
    "https://shop.example/red-vase",
    title="Red vase | Shop",
    heading="Red vase of clay",
    viewport=(1680, 960),
)
MAIN = Rect(200, 220, 560, 560)


@pytest.fixture
def look(encode: Encode, download: Download) -> Look:
    """Examine a picture; each name gives its own address."""

    def examined(picture: Image.Image, name: str = "a", form: str = "PNG", **about: object):
        found = examine(
            download(encode(picture, form), f"https://shop.example/{name}.jpg", **about)
        )
        assert isinstance(found, Examined)
        return found

    return examined


def heroes(scored: Sequence[ScoredImage]) -> list[str]:
    return [image.url.rsplit("/", 1)[-1] for image in scored if image.is_hero]


def refusal(rejected: Sequence[Rejection]) -> tuple[Reason, str]:
    assert len(rejected) == 1
    return rejected[0].reason, rejected[0].detail


def test_an_empty_page() -> None:
    assert judge([], PAGE) == ((), ())


def test_product_and_scene_are_told_apart(look: Look, draw: Draw, draw_product: Draw) -> None:
    scored, rejected = judge(
        [
            look(draw_product(), "main", rect=MAIN),
            look(draw_product(seed=5, colour=(30, 90, 160)), "other", rect=Rect(0, 2400, 300, 300)),
            look(draw(), "scene", rect=Rect(0, 2900, 400, 300)),
        ],
        PAGE,
    )
    assert rejected == ()
    assert [image.role for image in scored] == [Role.HERO, Role.PRODUCT, Role.LIFESTYLE]
    assert [image.is_product for image in scored] == [True, True, False]
    assert [image.is_lifestyle for image in scored] == [False, False, True]


def test_graphics_are_refused(look: Look, draw_logo: Draw) -> None:
    scored, rejected = judge([look(draw_logo(), "brand-logo", rect=Rect(0, 0, 200, 66))], PAGE)
    assert scored == ()
    assert refusal(rejected)[0] is Reason.GRAPHIC


def test_small_pictures_are_refused_with_their_size(look: Look, draw_product: Draw) -> None:
    _, rejected = judge([look(draw_product(119, 400))], PAGE)
    reason, detail = refusal(rejected)
    assert reason is Reason.TOO_SMALL
    assert "119x400" in detail


def test_stand_ins_are_refused(look: Look, draw: Draw) -> None:
    blurred = draw(600, 450).filter(ImageFilter.GaussianBlur(24))
    enlarged = draw(600, 450).resize((24, 18)).resize((600, 450))
    flat = Image.new("RGB", (600, 450), "#dddddd")
    scored, rejected = judge([look(p) for p in (blurred, enlarged, flat)], PAGE)
    assert scored == ()
    assert {rejection.reason for rejection in rejected} == {Reason.PLACEHOLDER}


def test_a_drawn_product_survives_where_the_page_names_it(look: Look, draw_logo: Draw) -> None:
    poster = draw_logo(480, 400)
    _, rejected = judge([look(poster, "poster", rect=Rect(0, 3000, 200, 160))], PAGE)
    assert refusal(rejected)[0] is Reason.GRAPHIC
    named = look(
        poster, "poster", rect=MAIN, sources=("img", "json-ld"), alt="Red vase of clay, poster"
    )
    assert heroes(judge([named], PAGE)[0]) == ["poster.jpg"]


def test_a_shop_of_drawings_keeps_them_and_refuses_its_logo(look: Look, draw_logo: Draw) -> None:
    posters = [
        look(draw_logo(480, 400 + 20 * n), f"poster-{n}", rect=Rect(0, 500 * n, 300, 250))
        for n in range(5)
    ]
    logo = look(draw_logo(), "logo", rect=Rect(0, 0, 200, 66), containers=("a", "logo", "header"))
    assert judge(posters[:1], PAGE)[0] == ()
    scored, rejected = judge([*posters, logo], PAGE)
    assert len(scored) == 5
    assert refusal(rejected)[0] is Reason.GRAPHIC
    assert rejected[0].url.endswith("logo.jpg")


def test_related_products_and_banners_are_not_heroes(
    look: Look, draw: Draw, draw_product: Draw
) -> None:
    scored, _ = judge(
        [
            look(draw(1500, 400, seed=1), "banner", rect=Rect(0, 0, 1680, 448)),
            look(draw_product(), "main", rect=Rect(200, 600, 420, 420), alt="Red vase of clay"),
            look(
                draw_product(seed=3, colour=(20, 80, 30)),
                "related",
                rect=Rect(700, 600, 440, 440),
                containers=("li", "card", "div", "related"),
                link="https://shop.example/green-vase",
            ),
        ],
        PAGE,
    )
    assert heroes(scored) == ["main.jpg"]


def test_views_in_the_same_gallery_are_heroes_too(look: Look, draw_product: Draw) -> None:
    gallery = ("div", "slide", "div", "product-gallery", "main")
    views = [
        look(
            draw_product(seed=seed, colour=(150 - 20 * seed, 40, 50)),
            f"view{seed}",
            rect=Rect(200, 220 + 580 * seed, 560, 560),
            containers=gallery,
        )
        for seed in range(2)
    ]
    card = look(
        draw_product(seed=9, colour=(10, 90, 120)),
        "card",
        rect=Rect(200, 1400, 300, 300),
        containers=("li", "card", "ul", "grid"),
    )
    assert heroes(judge([*views, card], PAGE)[0]) == ["view0.jpg", "view1.jpg"]


def test_the_first_of_a_gallery_leads_where_nothing_tells_its_slides_apart(
    look: Look, draw_product: Draw
) -> None:
    places = {"third": (2, 1), "second": (1, 0.99), "first": (0, 0.98)}
    slides = [
        look(
            draw_product(seed=position),
            name,
            rect=Rect(200, 200, 480 * scale, 480 * scale),
            containers=("li", "slider", "gallery"),
            position=position,
        )
        for name, (position, scale) in places.items()
    ]
    scored, _ = judge(slides, PAGE)
    kept, _ = rank(scored, 10)
    assert heroes(kept)[0] == "first.jpg"


def test_the_slide_on_display_leads_even_where_metadata_names_the_next(
    look: Look, draw_product: Draw
) -> None:
    track = ("ul", "track", "div", "stage", "div", "viewer", "main", "page")
    shown = look(
        draw_product(),
        "shown",
        rect=MAIN,
        containers=("li", "slide", "is-current", "is", "current", *track),
        visible=True,
    )
    about = {"containers": ("li", "slide", *track), "sources": ("img", "open-graph"), "position": 1}
    place = Rect(MAIN.x + MAIN.width, MAIN.y, MAIN.width, MAIN.height)
    following = look(draw_product(seed=5), "next", rect=place, visible=True, **about)
    kept, _ = rank(judge([shown, following], PAGE)[0], 10)
    assert heroes(kept) == ["shown.jpg", "next.jpg"]
    turned = look(draw_product(), "shown", rect=MAIN, containers=("li", "slide", *track))
    kept, _ = rank(judge([turned, following], PAGE)[0], 10)
    assert heroes(kept)[0] == "next.jpg"


@pytest.mark.parametrize(
    ("rect", "about"),
    [
        (Rect(200, 150, 560, 170), {"link": "https://shop.example/sale"}),
        (MAIN, {"link": "https://shop.example/p/2"}),
        (MAIN, {"containers": ("div", "related", "div", "stage", "viewer", "photos")}),
        (MAIN, {"containers": ("div", "intro", "main")}),
        (Rect(-560, 220, 560, 560), {}),
        (MAIN, {}),
    ],
    ids=["banner", "card", "related", "mood", "clone", "another colour"],
)
def test_what_comes_first_leads_only_where_nothing_speaks_against_it(
    look: Look, draw_product: Draw, rect: Rect, about: dict[str, object]
) -> None:
    """Either the first of two is no slide, or the second is what the page says it sells."""
    blue = draw_product(seed=5, colour=(30, 60, 150))
    containers = ("div", "slide", "div", "stage", "viewer", "photos")
    first: dict[str, object] = {"rect": rect, "containers": containers}
    rule = "open-graph" if about or rect != MAIN else "json-ld"
    second = {"sources": ("img", rule), "rect": MAIN, "containers": containers}
    pictures = [
        look(blue, "first", visible=True, place=0, **(first | about)),
        look(draw_product(), "main", visible=True, place=1, position=1, **second),
    ]
    kept, _ = rank(judge(pictures, PAGE)[0], 10)
    assert heroes(kept)[0] == "main.jpg"


def test_a_layer_that_nobody_saw_does_not_lead(look: Look, draw_product: Draw) -> None:
    main = look(draw_product(), "main", rect=Rect(200, 400, 480, 480), visible=True)
    layer = look(draw_product(seed=5), "layer", rect=Rect(500, 150, 600, 600), position=1)
    assert heroes(judge([main, layer], PAGE)[0]) == ["main.jpg"]


def test_metadata_counts_for_the_same_picture_under_another_address(
    look: Look, draw_product: Draw
) -> None:
    vase = draw_product(800, 800)
    first = look(draw_product(seed=7, colour=(30, 60, 150)), "first", rect=MAIN)
    shown = look(vase, "shown", rect=Rect(800, 220, 520, 520))
    named = look(vase.resize((400, 400)), "og", sources=("open-graph",))
    assert heroes(judge([first, shown], PAGE)[0])[0] == "first.jpg"
    assert "shown.jpg" in heroes(judge([first, shown, named], PAGE)[0])
    best = max(judge([first, shown, named], PAGE)[0], key=lambda image: image.prominence)
    assert best.url.endswith("shown.jpg")


def test_some_picture_is_always_the_hero(look: Look, draw_product: Draw) -> None:
    hidden = look(draw_product(), containers=("footer", "related"), rect=None)
    assert heroes(judge([hidden], PAGE)[0]) == ["a.jpg"]
