"""How strongly the page says of a picture: this is the product for sale.

Pixels cannot tell a main picture from a related product's; its place, its size and its names can.
"""

from __future__ import annotations

import re

from imagecrawler.imaging.box import shown
from imagecrawler.items import (
    AMPLE_SIDE,
    STATED,
    ImageCandidate,
    Measurements,
    PageSnapshot,
    Rect,
)

ELSEWHERE = frozenset(
    (
        *("similar", "viewed", "compare", "cart", "logo", "social", "payment", "aside", "sidebar"),
        *("breadcrumb", "breadcrumbs", "footer", "header", "nav", "navigation", "navbar", "menu"),
        *("review", "reviews", "ad", "ads", "advert", "promo", "promotion"),
    )
)
_ELSEWHERE = re.compile(
    r"(?<!un)(?<!cor)related|recommend|recently|also-?(?:like|view|bought)|sponsor|cross-?sell"
    r"|(?<!gro)up-?sell|(?<!de)sign-?up|quick-?(?:view|look|shop)|news-?letter|mega-?menu"
    r"|mini-?(?:cart|bag)"
)
_GALLERY = re.compile(
    r"zoom|enlarge|magnif|galler(?:y|ies)"
    r"|^(?:fotorama|image-viewer|packshot|box-?art|product-cover|pdp-?carousel)$"
    r"|^s7(?:static|viewer|flyout)"  # Scene7's viewers
    r"|(?<!do)(?:main|primary|hero|pdp|prod(?:uct)?(?:view)?|big|large)[-_]*"
    r"(?:im(?:g|age)s?|photos?|pic(?:ture)?s?|media)"
)
# Words of some ten containers: farther ones hold more than a gallery.
_NEAR = 30
# Servers of advertisements, those most often met in public block lists.
_ADVERTISERS = re.compile(
    r"//[^/?]*\b(?:googlesyndication|doubleclick|adservice|amazon-adsystem|criteo|adnxs|adform"
    r"|taboola|outbrain|rubiconproject|pubmatic)\."
)

_PICTURE_LINK = re.compile(r"\.(jpe?g|png|webp|avif|gif)$|/is/image/", re.IGNORECASE)

SMALL_BOX = 150.0
FOLD = 1800.0

_WEIGHTS = {"metadata": 0.23, "name": 0.09, "gallery": 0.18}
_SIZE, _HEIGHT = 0.32, 0.18


def prominence(measured: Measurements, candidate: ImageCandidate, page: PageSnapshot) -> float:
    """Evidence for a main picture, 0 to 1.

    A weighted sum of the size of the box, its height on the page, product metadata, words shared
    with the page's heading and containers of galleries, times factors below 1 for what speaks
    against it: containers of other things, a link to another page, the shape of a banner, a
    server of advertisements, the page's whole width, that nobody ever saw it.
    Weights by hand, checked on two dozen saved pages of as many shops and 144 imitations of
    others; no single one decides.
    """
    box = shown(measured, candidate)
    evidence = {
        "metadata": _metadata(candidate),
        "name": page.share_of_name(candidate.alt),
        "gallery": float(_stays_in_gallery(candidate, page)),
    }
    total = _box(box, page) + sum(_WEIGHTS[name] * value for name, value in evidence.items())
    return total * _against(measured, box, candidate, page)


def standing(measured: Measurements, candidate: ImageCandidate, page: PageSnapshot) -> float:
    """Evidence by its box, 0 to 0.5, as far as nothing speaks against it."""
    box = shown(measured, candidate)
    return _box(box, page) * _against(measured, box, candidate, page)


def _box(box: Rect | None, page: PageSnapshot) -> float:
    """How large and how early on the page it is shown."""
    return _SIZE * _size(box) * _in_view(box, page) + _HEIGHT * _height(box)


def _against(
    measured: Measurements, box: Rect | None, candidate: ImageCandidate, page: PageSnapshot
) -> float:
    place = _elsewhere(candidate) * _linked_away(candidate, page) * _behind(candidate)
    return place * _unseen(candidate) * _strip(measured, box) * _across(box, candidate, page)


def _size(box: Rect | None) -> float:
    return min(1.0, box.area**0.5 / AMPLE_SIDE) if box else 0.2


def _in_view(box: Rect | None, page: PageSnapshot) -> float:
    """The share of the box's width on the page; a half for slides that wait beside it."""
    width = page.viewport[0] or page.document[0]
    return max(0.5, box.share_of((width, 0))) if box else 1.0


def _height(box: Rect | None) -> float:
    """How early on the page it stands; icons do so too, and it says nothing of them."""
    if box is None:
        return 0.3
    side: float = box.area**0.5
    return max(0.0, 1 - max(0.0, box.y) / FOLD) * min(1.0, side / SMALL_BOX)


def _metadata(candidate: ImageCandidate) -> float:
    if STATED.intersection(candidate.sources):
        return 1.0
    return 0.8 if "open-graph" in candidate.sources else 0.0


def in_gallery(candidate: ImageCandidate) -> bool:
    """Whether it stands in a product's gallery or opens a larger copy of itself."""
    return "zoom-link" in candidate.sources or any(map(_GALLERY.search, around(candidate)[:_NEAR]))


def _stays_in_gallery(candidate: ImageCandidate, page: PageSnapshot) -> bool:
    """Cards and banners that lead to other pages have such frames too."""
    return in_gallery(candidate) and _linked_away(candidate, page) == 1


def around(candidate: ImageCandidate) -> tuple[str, ...]:
    """Words of its containers; those of the page's body speak of the page.

    The body is the last one before the end: ``card-body`` gives that word too, and frames have
    bodies of their own.
    """
    words = candidate.containers
    if "html" not in words or "body" not in words:
        return words
    return words[: len(words) - 1 - words[::-1].index("body")]


def _elsewhere(candidate: ImageCandidate) -> float:
    """0.3 where the nearest container names another thing, fading to 1 for far ancestors.

    And 0.3 for advertisements. It speaks half as much against what the page states to be its
    product's.
    """
    if _ADVERTISERS.search(candidate.url.partition("?")[0]):
        return 0.3
    doubt = 1.0 if STATED.isdisjoint(candidate.sources) else 0.5
    for distance, word in enumerate(around(candidate)):
        if word in ELSEWHERE or _ELSEWHERE.search(word):
            return 1 - doubt * max(0.0, 0.7 - distance / 60)
    return 1.0


def _linked_away(candidate: ImageCandidate, page: PageSnapshot) -> float:
    """Main pictures open larger copies of themselves; cards of other products open pages."""
    link = bare(candidate.link)
    stays = not link.startswith("http") or _is_same_page(candidate.link, page.url)
    return 1.0 if stays or _PICTURE_LINK.search(link) else 0.6


def _behind(candidate: ImageCandidate) -> float:
    """Backgrounds are there for banners and moods; a few galleries are made of them."""
    return 0.85 if candidate.sources == ("css-background",) else 1.0


def _unseen(candidate: ImageCandidate) -> float:
    """Layers wait for a click: a quick look at another product, a form to sign up."""
    is_hidden = candidate.rect is not None and not candidate.visible and not candidate.seen
    return 0.7 if is_hidden else 1.0


def _across(box: Rect | None, candidate: ImageCandidate, page: PageSnapshot) -> float:
    """Moods and offers take the whole width; beside a main picture there is something to read.

    Unless the page states that it is one, or it stands in a gallery.
    """
    if box is None or not box.width >= 0.97 * page.viewport[0] > 0:
        return 1.0
    is_main = not STATED.isdisjoint(candidate.sources) or _stays_in_gallery(candidate, page)
    return 1.0 if is_main else 0.85


def _is_same_page(link: str, page: str) -> bool:
    """Of hash-routed pages (``/#/product/1``) the fragment counts, of others it does not."""
    return bare(link) == bare(page) and _route(link) in ("", _route(page))


def _route(url: str) -> str:
    fragment = url.partition("#")[2]
    return fragment if fragment.startswith(("/", "!")) else ""


def bare(url: str) -> str:
    """The address without query and fragment; unlike ``urlsplit`` it takes any text."""
    return url.partition("#")[0].partition("?")[0]


def _strip(measured: Measurements, box: Rect | None) -> float:
    """Banners are wide and short: 1 up to a ratio of 2.4, then falling as its inverse square."""
    width, height = (box.width, box.height) if box else (measured.width, measured.height)
    ratio = max(width, height) / max(1.0, min(width, height))
    return min(1.0, (2.4 / ratio) ** 2)
