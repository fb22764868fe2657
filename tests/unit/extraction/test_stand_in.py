"""Which pages are no sales pages, and which are although they look like it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.extraction import extract, stand_in
from imagecrawler.extraction.stand_in import StandIn
from imagecrawler.extraction.stand_in_words import AGE, DENIED, HUMAN, LOGIN, NOT_FOUND, REGION
from imagecrawler.items import Content, Element, ItemProperty, Outcome, PageSnapshot, Rect

URL = "https://shop.example/p/404"
PRODUCT = json.dumps({"@context": "https://schema.org", "@type": "Product", "name": "404"})
#: What the same protections have on all pages of the sites that they let us see.
EVERYWHERE = (
    "/cdn-cgi/challenge-platform/scripts/jsd/main.js",
    "https://js.datadome.co/tags.js",
    "https://0a1b.edge.sdk.awswaf.com/0a1b/challenge.js",
    "/149e9513/p.js",
    "/_Incapsula_Resource?SWJIYLWA=719d34d31c8e",
    "//client.px-cloud.net/PX1/main.min.js",
)
HERO = Element("img", "main>img", Rect(0, 0, 600, 600), attributes={"src": "/404.jpg"}, seen=True)
OTHER = replace(HERO, attributes={"src": "/other.jpg"})


def page(title: str = "", heading: str = "", *images: Element, **content: Any) -> PageSnapshot:
    """A page whose text is its heading and the ``text`` given, made up to so many ``letters``."""
    text = f"{heading} {content.pop('text', '')}".strip().ljust(content.pop("letters", 0), ".")
    shown = Content(text=text, **content)
    return PageSnapshot(URL, URL, title=title, heading=heading, elements=images, content=shown)


def judged(snapshot: PageSnapshot, **options: Any) -> StandIn | None:
    return stand_in(snapshot, extract(snapshot), **options)


CHALLENGES = {
    "Cloudflare": page(
        "Just a moment...",
        "shop.example",
        text="Verifying you are human. This may take a few seconds. Ray ID: 8c1f",
        scripts=("(function(){window._cf_chl_opt = {cvId: '3',cZone: 'shop.example'",),
        loaded=("/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1?ray=8c1f",),
    ),
    "Akamai": page("", loaded=("5; URL='/p/404?bm-verify=AAQAAAAJ'",)),
    "DataDome": page(
        "shop.example",
        loaded=("https://ct.captcha-delivery.com/c.js",),
        scripts=("var dd={'rt':'c','cid':'AHrl','hsh':'2C1','host':'geo.captcha-delivery.com'}",),
    ),
    "HUMAN (PerimeterX)": page(
        "Access to this page has been denied",
        "",
        text="Press & Hold to confirm you are a human (and not a bot).",
        marks=("px-captcha",),
        scripts=("window._pxAppId = 'PXu6b0qd2S';",),
    ),
    "Imperva": page(
        "", loaded=("/_Incapsula_Resource?SWUDNSAI=31&xinfo=5-7&incident_id=1-2&edet=12",)
    ),
    "AWS WAF": page(
        "",
        scripts=('window.awsWafCookieDomainList = []; window.gokuProps = {"key":"AQID"',),
        loaded=("https://0a1b.token.awswaf.com/0a1b/challenge.js",),
    ),
    "Kasada": page(
        "",
        scripts=("window.KPSDK={};KPSDK.now=typeof performance!=='undefined'",),
        loaded=("/149e9513-01fa/2d206a39-8ed7/ips.js?KP_UIDz=0a&x-kpsdk-im=CiQ",),
    ),
    "Amazon": page(
        "Amazon.com",
        "",
        Element("img", "img", Rect(0, 0, 200, 70), attributes={"src": "/captcha/Captcha.jpg"}),
        text="Enter the characters you see below. We need to make sure you're not a robot.",
        loaded=("/errors/validateCaptcha",),
    ),
}


@pytest.mark.parametrize("name", CHALLENGES)
def test_a_challenge_is_blocked_and_named(name: str) -> None:
    found = judged(CHALLENGES[name])
    assert found is not None
    assert found.outcome is Outcome.BLOCKED
    assert f"a challenge of {name}" in found.detail
    assert found.detail.endswith("; ask the site's owner to let the crawler through")


OTHERS = {
    "a captcha": page(
        "Security check", "One more step", text="Complete it", marks=("g-recaptcha",), letters=60
    ),
    "a refusal": page(
        "Access Denied",
        "Access Denied",
        text="You don't have permission to access this page. Reference #18.2d1f",
    ),
    "a login": page("Sign in", "Sign in to your account", passwords=1, text="E-mail Password"),
    "that it does not sell to our country": page(
        "Shop", "Sorry", text="This product is not available in your country."
    ),
    "an age gate that no click opens": page(
        "Welcome", "Are you of legal drinking age?", text="Enter your date of birth"
    ),
    "that there is no such page": page("Page not found | Shop", "Oops! Page not found"),
    "an empty page": page("Shop"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_other_stand_ins_are_named_with_their_remedy(what: str) -> None:
    found = judged(OTHERS[what])
    assert found is not None
    failed = what in ("that there is no such page", "an empty page")
    assert found.outcome is (Outcome.FAILED if failed else Outcome.BLOCKED)
    assert found.detail.startswith(f"the site shows {what} ('")
    assert "; " in found.detail
    assert "\n" not in found.detail


@pytest.mark.parametrize(
    "headline",
    [
        "Seite nicht gefunden", "Page introuvable", "Página no encontrada", "Pagina non trovata",
        "Pagina niet gevonden", "Nie znaleziono strony", "Stránka nenalezena",
        "Страница не найдена", "ページが見つかりません", "Error 404",
    ],
)  # fmt: skip
def test_a_page_that_is_not_there_in_other_languages(headline: str) -> None:
    found = judged(page(f"{headline} | Laden", headline))
    assert found is not None
    assert found.outcome is Outcome.FAILED


def test_pictures_of_other_things_do_not_make_a_missing_page() -> None:
    cards = (replace(HERO, attributes={"src": f"/{n}.jpg"}) for n in range(8))
    assert judged(page("Page not found", "Page not found", *cards, letters=4000)) is not None


def _for_sale() -> list[PageSnapshot]:
    bare = page("404 Page not found", "404 Page not found", HERO, passwords=1)
    item = ItemProperty("microdata", "/404.jpg", ("image",), ("https://schema.org/Product",))
    return [
        replace(bare, json_ld=(PRODUCT,)),
        replace(bare, json_ld=('{"@type": ["Thing", "Product"]}',)),
        replace(bare, meta=(("og:type", "product"),)),
        replace(bare, meta=(("product:price:amount", "19.90"),)),
        replace(bare, properties=(item,)),
        replace(bare, elements=(replace(HERO, containers=("product-gallery", "gallery")),)),
        replace(bare, content=replace(bare.content, buttons=("Menu", "In den Warenkorb"))),
    ]


@pytest.mark.parametrize("sold", _for_sale())
@pytest.mark.parametrize("other", [*CHALLENGES.values(), *OTHERS.values()])
def test_what_is_for_sale_is_a_sales_page(sold: PageSnapshot, other: PageSnapshot) -> None:
    told = replace(
        other.content,
        buttons=sold.content.buttons,
        passwords=1,
    )
    both = replace(sold, title=other.title, heading=other.heading, content=told)
    assert judged(sold) is None
    assert judged(both, announced="Cloudflare") is None


@pytest.mark.parametrize(
    "sales_page",
    [
        page("404 | Denim", "404", HERO, text="Straight-leg jeans."),
        page("Now available in your country", "Now available in your country", HERO),
        page("Whisky", "Aged 18 years", HERO, text="At least 18 years in oak."),
        page("A game for 18 or older", "A game for 18 or older", HERO),
        page("Access Denied: a novel", "Access Denied", HERO, text="The bestseller."),
        page("Shop", "Backpack", HERO, passwords=0, text="Sign in Log in", letters=4000),
        page("Login keyboards", "The login keyboard", HERO, OTHER, passwords=1),
        page("I am not a robot", "Toy", HERO, text="not a robot", loaded=("/recaptcha/api.js",)),
        page("Backpack", "Backpack", HERO, loaded=EVERYWHERE),
        page("", "", HERO),
        page("", "", Element("canvas", "canvas", Rect(0, 0, 600, 600))),
        page("Poem", "", text="There is a page without a picture that has something to say to us."),
    ],
)  # fmt: skip
def test_a_word_or_a_script_is_not_enough(sales_page: PageSnapshot) -> None:
    assert judged(sales_page) is None


def test_an_answer_that_names_a_challenge_is_one_while_there_is_nothing_else() -> None:
    found = judged(page("", letters=80), announced="AWS WAF")
    assert found is not None
    assert "a challenge of AWS WAF" in found.detail
    assert judged(page("Bag", "Bag", HERO, letters=1600), announced="AWS WAF") is None


@pytest.mark.parametrize("what", OTHERS)
def test_only_a_challenge_is_told_before_the_images_are_there(what: str) -> None:
    assert judged(OTHERS[what], final=False) is None
    assert judged(CHALLENGES["Kasada"], final=False) is not None


def test_a_page_is_called_empty_only_once_it_came_to_rest() -> None:
    assert judged(page("Shop"), whole=False) is None
    card = replace(page("Shop"), meta=(("og:image", "/banner.jpg"),))
    assert judged(card) is not None
    assert judged(replace(card, meta=(*card.meta, ("og:type", "product")))) is None


def test_the_text_of_a_frame_counts() -> None:
    inner = page("", text="The shop is in here. " * 20)
    assert judged(replace(page("Shop"), frames=(inner,))) is None


phrases = st.sampled_from((*AGE, *DENIED, *HUMAN, *LOGIN, *NOT_FOUND, *REGION))
words = st.one_of(phrases, phrases.map(str.title), st.text(max_size=40))


@given(words, words, words, st.integers(0, 3), st.lists(words, max_size=3))
def test_whatever_a_product_is_called_it_is_sold(
    title: str, heading: str, text: str, passwords: int, marks: list[str]
) -> None:
    called = page(title, heading, HERO, text=text, passwords=passwords, marks=tuple(marks))
    assert judged(replace(called, json_ld=(PRODUCT,))) is None
    found = judged(called)
    assert found is None or "\n" not in found.detail
