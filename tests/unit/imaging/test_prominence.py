from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.extraction.rules import RULES
from imagecrawler.imaging.box import shown
from imagecrawler.imaging.prominence import prominence
from imagecrawler.imaging.scoring import TRUST
from imagecrawler.items import METADATA, ImageCandidate, Measurements, PageSnapshot, Rect, Version

PAGE = PageSnapshot(
    "https://shop.example/p/1", "https://shop.example/", heading="Oak chair", viewport=(1680, 960)
)
PICTURE = Measurements(1000, 1000, "jpeg", 0)
MAIN = Rect(200, 200, 500, 500)


def strength(rect: Rect | None = MAIN, sources: tuple[str, ...] = ("img",), **about: object):
    version = Version("https://shop.example/a.jpg")
    about = {"visible": rect is not None} | about
    return prominence(PICTURE, ImageCandidate((version,), sources, rect, **about), PAGE)


def test_size_and_height_on_the_page_count() -> None:
    assert strength() > strength(Rect(200, 200, 200, 200))
    assert strength() > strength(Rect(200, 1500, 500, 500))


def test_names_count() -> None:
    assert strength(sources=("img", "json-ld")) > strength(sources=("img", "open-graph"))
    assert strength(sources=("img", "open-graph")) > strength()
    assert strength(alt="Oak chair, front") > strength(alt="Sofa")


@pytest.mark.parametrize(
    "word",
    ["jqzoom", "prodimg", "product-gallery__item", "mainimage", "s7staticimage", "hero-image"],
)
def test_frames_of_main_pictures_count_but_the_body_is_none(word: str) -> None:
    assert strength(containers=("a", word)) > strength()
    assert strength(containers=("a", "div", "body", word, "html")) == strength()
    panel = ("div", "panel-body", "panel", "body", "div", word, "body", "html")
    framed = ("a", "body", "html", "iframe", "div", word, "body", "html")
    assert strength(containers=panel) == strength(containers=framed) > strength()


def test_the_words_of_a_slider_do_not_hide_the_gallery_around_it() -> None:
    slide = ("div", "slick-slide", "slick", "slide", "slick-current", "slick", "current")
    track = ("div", "slick-track", "slick", "track", "div", "slick-list", "slick", "list")
    assert strength(containers=(*slide, *track, "div", "product-gallery")) > strength()


def test_a_card_that_leads_away_stands_in_no_gallery() -> None:
    card = strength(link="https://shop.example/p/2")
    assert strength(link="https://shop.example/p/2", containers=("a", "product-image")) == card


@pytest.mark.parametrize("word", ["hero", "image", "products", "mediabox", "domain-images"])
def test_words_that_many_containers_have_do_not_count(word: str) -> None:
    assert strength(containers=("a", word)) == strength()


def test_what_was_never_seen_counts_less_unless_only_data_names_it() -> None:
    assert strength(visible=False, seen=True) == strength() > strength(visible=False)
    assert strength(None, visible=True) == strength(None)


def test_pictures_across_the_whole_page_count_less() -> None:
    assert strength(Rect(0, 200, 1680, 700)) == pytest.approx(
        0.85 * strength(Rect(0, 200, 1600, 700))
    )


def test_advertisers_pictures_count_less() -> None:
    def of(url: str) -> float:
        return prominence(PICTURE, ImageCandidate((Version(url),), ("img",), MAIN), PAGE)

    plain = of("https://shop.example/doubleclick.jpg")
    assert of("https://tpc.googlesyndication.com/simgad/1") == pytest.approx(0.3 * plain)
    assert of("https://notcriteo.example/a.jpg") == plain
    assert of("https://shop.example/a.jpg?from=//ads.criteo.com/b") == plain


def test_places_for_other_things_count_less_the_farther_they_are() -> None:
    near = strength(containers=("div", "related"))
    far = strength(containers=(*("div",) * 30, "related"))
    assert near < far < strength()


@pytest.mark.parametrize(
    "word", ["efrelateditem", "also-bought", "quickshop", "email-signup", "up-sell"]
)
def test_such_places_are_known_within_words(word: str) -> None:
    assert strength(containers=("div", word)) == strength(containers=("div", "footer"))


@pytest.mark.parametrize("word", ["image-popup", "groupsell", "designup", "unrelated"])
def test_words_that_only_look_alike_say_nothing(word: str) -> None:
    assert strength(containers=("div", word)) == strength()
    assert strength(containers=("div", "body", "related", "html")) == strength()


def test_places_count_half_against_what_the_page_states() -> None:
    def kept(*sources: str) -> float:
        aside = strength(sources=sources, containers=("div", "sidebar"))
        return float(aside / strength(sources=sources))

    assert kept("img", "open-graph") == pytest.approx(kept("img"))
    assert kept("img") < kept("img", "json-ld") < 1


def test_a_whole_word_is_needed() -> None:
    assert strength(containers=("div", "unrelated", "addon")) == strength()


def test_links_to_other_pages_speak_against_it() -> None:
    assert strength(link="https://shop.example/p/2") < strength()
    assert strength(link="https://shop.example/p/1#zoom") == strength()
    assert strength(link="https://shop.example/p/1#/product/2") < strength()
    assert strength(link="https://cdn.example/a-large.JPG") == strength()
    assert strength(link="javascript:void(0)") == strength()
    assert strength(link="http://[broken") < strength()


def test_strips_never_win() -> None:
    assert strength(Rect(0, 0, 1680, 120)) < 0.1 * strength()


def test_icons_gain_nothing_by_standing_at_the_top() -> None:
    icon = strength(Rect(1270, 20, 37, 39))
    assert icon < strength(Rect(400, 1500, 150, 150)) < strength(Rect(400, 20, 150, 150))


def test_backgrounds_count_less_than_images() -> None:
    assert strength(sources=("css-background",)) < strength()
    assert strength(sources=("css-background", "lazy")) == strength()


def test_slides_waiting_beside_the_page_count_less_than_the_one_in_view() -> None:
    assert strength(Rect(-560, 200, 500, 500)) < strength()
    assert strength(Rect(1700, 200, 500, 500)) < strength()


def test_boxes_that_nobody_loaded_are_completed_or_ignored() -> None:
    def box(rect: Rect | None) -> Rect | None:
        version = Version("https://shop.example/a.jpg")
        return shown(PICTURE, ImageCandidate((version,), ("img",), rect))

    assert box(Rect(10, 10, 400, 16)) == Rect(10, 10, 400, 400)
    assert box(Rect(10, 10, 16, 16)) is None
    assert box(Rect(10, -900, 400, 400)) is None
    assert box(None) is None


@given(
    st.builds(Rect, *[st.floats(-1e5, 1e5)] * 2, *[st.floats(0, 1e5)] * 2) | st.none(),
    st.text(max_size=30),
    st.lists(st.text(max_size=8), max_size=8),
)
def test_it_stays_between_0_and_1(rect: Rect | None, alt: str, containers: list[str]) -> None:
    value = strength(
        rect, ("img", "json-ld"), alt=alt, containers=tuple(containers), link=f"http://x/{alt}"
    )
    assert 0 <= value <= 1


def test_every_extraction_rule_has_its_trust() -> None:
    assert {name for name, _ in RULES} == set(TRUST)


def test_rdfa_is_a_statement_as_microdata_is() -> None:
    assert "rdfa" in METADATA
    assert TRUST["rdfa"] == TRUST["microdata"]
