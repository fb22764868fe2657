"""The report: one HTML page that stands alone, for people who decide on pictures.

The page makes no request: pictures are ``data:`` URIs, and a Content-Security-Policy admits
only the style sheet and the script whose hashes it names.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import chain

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from imagecrawler.items import DownloadedImage, PageItem, Reason, Rect, Rejection, StoredImage
from imagecrawler.presentation.text import (
    file_name,
    file_size,
    link_target,
    printable,
    shorten,
)
from imagecrawler.presentation.thumbnail import screenshot, thumbnail
from imagecrawler.presentation.wording import OUTCOMES, by_reason, explanation, label

SCREENSHOT_WIDTH = 1000
CARD_SIDE, TILE_SIDE = 480, 144

# In the order of the legend; the words are class names of report.css.
KINDS = {
    "hero": "Hero",
    "product": "Product",
    "lifestyle": "Lifestyle",
    "duplicate": "Duplicate",
    "graphic": "Graphic",
    "small": "Too small",
    "other": "Other",
}
KIND_OF_REASON = {
    Reason.DUPLICATE: "duplicate",
    Reason.GRAPHIC: "graphic",
    Reason.TOO_SMALL: "small",
}
# Bytes rejected for any other reason were never decoded, or proved unsafe to decode.
DECODED = (
    Reason.TOO_SMALL,
    Reason.PLACEHOLDER,
    Reason.GRAPHIC,
    Reason.LOW_QUALITY,
    Reason.DUPLICATE,
    Reason.OVER_LIMIT,
    Reason.UPLOAD_FAILED,
)


@dataclass(frozen=True, slots=True)
class Card:
    """One picture of the report; ``anchor`` ties it to its box on the screenshot."""

    anchor: str
    kind: str
    url: str
    rect: Rect | None
    thumbnail: str | None
    of: StoredImage | Rejection


@dataclass(frozen=True, slots=True)
class Canvas:
    """The page as rendered, in CSS pixels, with the cards whose box lies on it."""

    width: int
    height: int
    image: str | None
    boxes: tuple[tuple[Card, Rect], ...]


def render_report(item: PageItem) -> str:
    """The whole report as one HTML document, encodable as UTF-8."""
    saved, groups = _saved(item), _rejected(item)
    cards = (*saved, *chain.from_iterable(groups.values()))
    environment = _environment()
    html = environment.get_template("report.html.j2").render(
        item=item,
        saved=saved,
        groups=groups,
        canvas=_canvas(item, cards),
        counts=Counter(card.kind for card in cards),
        kept={card.url: card for card in saved},
        **_inline(environment),
    )
    # A lone surrogate in a page's text would make the document impossible to write.
    return html.encode("utf-8", "replace").decode()


def _saved(item: PageItem) -> tuple[Card, ...]:
    return tuple(
        Card(
            anchor=f"saved-{number}",
            kind=stored.scored.role.value,
            url=stored.scored.url,
            rect=stored.scored.image.candidate.rect,
            thumbnail=thumbnail(stored.scored.image.body, CARD_SIDE),
            of=stored,
        )
        for number, stored in enumerate(item.stored, 1)
    )


def _rejected(item: PageItem) -> dict[Reason, tuple[Card, ...]]:
    images = {image.candidate.url: image for image in item.downloaded}
    images |= {image.url: image for image in item.downloaded}
    return {
        reason: tuple(
            _rejected_card(f"{reason}-{number}", rejection, images.get(rejection.url))
            for number, rejection in enumerate(rejections, 1)
        )
        for reason, rejections in by_reason(item.rejections).items()
    }


def _rejected_card(anchor: str, rejection: Rejection, image: DownloadedImage | None) -> Card:
    reason = rejection.reason
    return Card(
        anchor=anchor,
        kind=KIND_OF_REASON.get(reason, "other"),
        url=rejection.url,
        rect=rejection.rect or (image.candidate.rect if image else None),
        thumbnail=thumbnail(image.body, TILE_SIDE) if image and reason in DECODED else None,
        of=rejection,
    )


def _canvas(item: PageItem, cards: tuple[Card, ...]) -> Canvas | None:
    """Screenshot and boxes; an empty sheet of the document's size where there is none."""
    shot = screenshot(item.screenshot, SCREENSHOT_WIDTH) if item.screenshot else None
    document = item.snapshot.document if item.snapshot else (0, 0)
    image, width, height = shot or (None, *document)
    boxes = [
        (card, box)
        for card in reversed(cards)
        if card.rect and (box := _clip(card.rect, width, height))
    ]
    if not shot and not boxes:
        return None
    # What is drawn last is on top: small boxes must stay within reach, and the best of those that
    # share a place (the slides of a gallery).
    boxes.sort(key=lambda pair: -pair[1].area)
    return Canvas(width, height, image, tuple(boxes))


def _clip(rect: Rect, width: float, height: float) -> Rect | None:
    left, top = max(0.0, rect.x), max(0.0, rect.y)
    right, bottom = min(width, rect.x + rect.width), min(height, rect.y + rect.height)
    if right - left < 1 or bottom - top < 1:
        return None
    return Rect(round(left, 1), round(top, 1), round(right - left, 1), round(bottom - top, 1))


def _inline(environment: Environment) -> dict[str, Markup]:
    """Style sheet and script as they go into the page, and the hashes that admit them."""
    texts: dict[str, Markup] = {}
    for name, file in (("css", "report.css"), ("js", "report.js")):
        source = environment.get_template(file).render()
        digest = b64encode(sha256(source.encode()).digest()).decode()
        texts |= {name: Markup(source), f"{name}_hash": Markup(f"'sha256-{digest}'")}  # noqa: S704
    return texts


@lru_cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("imagecrawler.presentation", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {
        "file_name": file_name,
        "file_size": file_size,
        "link_target": link_target,
        "printable": printable,
        "shorten": shorten,
    }
    environment.globals |= {
        "KINDS": KINDS,
        "OUTCOMES": OUTCOMES,
        "explanation": explanation,
        "label": label,
    }
    return environment
