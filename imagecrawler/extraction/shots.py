"""What a page's state says of a picture, as a record beside those of its elements."""

from __future__ import annotations

import re
from collections.abc import Iterable

from imagecrawler.extraction.found import Found, Weight
from imagecrawler.extraction.lazy import guess_of
from imagecrawler.extraction.state import Shot
from imagecrawler.extraction.urls import resolved
from imagecrawler.items import Element, PageSnapshot, Rect

_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_WORD = re.compile(r"\w{3,}")
_MAX_WORDS = 60

#: Words of a path below which stand other things than the page's own.
_OF_OTHERS = frozenset(
    (
        *("related", "recommended", "recommendation", "recommendations", "recommend", "similar"),
        *("upsell", "upsells", "crosssell", "crosssells", "suggestions", "suggested", "also"),
        *("recently", "viewed", "compare", "cart", "minicart", "footer", "header", "nav"),
        *("navigation", "menu", "megamenu", "breadcrumb", "breadcrumbs", "logo", "logos", "brand"),
        *("brands", "icon", "icons", "favicon", "payment", "payments", "social", "review"),
        *("reviews", "author", "avatar", "user", "customer", "flag", "flags", "country", "badge"),
        *("badges", "blog", "article", "articles", "promo", "promos", "promotion", "banner"),
        *("banners", "sponsored", "ads", "category", "categories", "cms", "trending", "popular"),
        *("bestsellers", "newsletter", "translations", "i18n", "theme", "seo"),
    )
)


def found_of(
    shot: Shot, snapshot: PageSnapshot, path: str, around: Iterable[str] = ()
) -> Found | None:
    """``path`` leads to the script or element, ``around`` are the containers of the latter."""
    files = [
        (version, guess_of(key))
        for address, width, key in shot.files
        for version in resolved([(address, width)], snapshot.base_url)
    ]
    if not files:
        return None
    words = containers_of(shot.path)
    names = {"alt": shot.alt} if shot.alt else {}
    context = Element(
        tag="",
        path=f"{path} {'.'.join(shot.path)}".strip(),
        rect=Rect(0, 0, 0, 0),
        attributes=names,
        heading=shot.name,
        containers=(*words, *around)[:_MAX_WORDS],
    )
    own = not _OF_OTHERS.intersection(words) and all(
        _is_product(name, snapshot) for name in shot.rivals
    )
    weight = Weight.FULL if own else Weight.SUPPLEMENT
    versions, guesses = zip(*files, strict=True)
    return Found(versions, context=context, weight=weight, guesses=guesses)


def containers_of(path: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a path, the nearest first: as class names of elements would be."""
    words: dict[str, None] = {}
    for key in reversed(path):
        parts = [part.lower() for part in _PARTS.findall(key)]
        words.update(dict.fromkeys((key.lower(), *parts)))
    return tuple(words)[:_MAX_WORDS]


def _is_product(name: str, snapshot: PageSnapshot) -> bool:
    """Whether a thing of a list is what the page is about: by its name in heading or title."""
    words = set(_WORD.findall(name.lower()))
    about = set(_WORD.findall(f"{snapshot.heading} {snapshot.title}".lower()))
    return bool(words) and words <= about
