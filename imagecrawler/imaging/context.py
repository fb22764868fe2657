"""What a picture's place and names say of its role, in log-odds.

Set by hand: no labelled collection has pictures with their pages. A unit makes a case 2.7 times as
likely; none decides alone against clear pixels.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from imagecrawler.imaging.box import shown
from imagecrawler.imaging.prominence import bare, in_gallery
from imagecrawler.items import METADATA, STATED, ImageCandidate, Measurements

_GRAPHIC_NAME = re.compile(
    r"(?<![a-z])(logos?|icons?|sprites?|badges?|payments?|flags?|banners?|button|btn|arrow|"
    r"swatch(es)?|rating|stars?|spacer|pixel|placeholder|no[-_]?image|size[-_]?(chart|guide)|"
    r"paypal|visa|mastercard|trust|seal|loader|spinner)(?![a-z])"
)
# For nothing else as a rule; the name may say whose they are besides: payment-icons, storeLogos.
_GRAPHIC_FOLDER = re.compile(
    r"(?:(?<![A-Za-z])(?:logos|icons|badges|flags|sprites|swatches)"
    r"|(?<![A-Z])(?:Logos|Icons|Badges|Flags|Sprites|Swatches))/"
)
_GRAPHIC_CONTAINER = re.compile(
    r"(?<![a-z])(logo|icons?|payments?|badges?|flags?|social|swatch(es)?|rating|seal)(?![a-z])"
)
_FRAME = frozenset(("header", "footer", "nav", "navbar", "menu", "megamenu", "newsletter"))
_CLOSE_UP = re.compile(r"(?<![a-z])(details?|close[-_ ]?up|macro|texture|material)(?![a-z])")
_WORD = re.compile(r"\w{3,}")

_LIKE_CARDS = 3
_ICON_BOX = 64.0
_AMPLE_BOX = 300.0


def for_graphic(
    measured: Measurements, candidate: ImageCandidate, product_name: str
) -> dict[str, float]:
    """Log-odds for its being a graphic, by what speaks so; only what applies."""
    box = shown(measured, candidate)
    side = min(box.width, box.height) if box else None
    return _applying(
        named_graphic=2.0 * bool(_GRAPHIC_NAME.search(_file_name(candidate))),
        graphic_folder=2.0 * bool(_GRAPHIC_FOLDER.search(unquote(bare(candidate.url)))),
        called_graphic=1.0 * bool(_GRAPHIC_NAME.search(candidate.alt.lower())),
        graphic_container=1.5 * any(_GRAPHIC_CONTAINER.search(w) for w in candidate.containers),
        page_frame=1.0 * (not _FRAME.isdisjoint(candidate.containers)),
        icon_box=1.0 * (side is not None and side < _ICON_BOX),
        swatch=8.0 * _is_swatch(measured),
        small_file=1.0 * (min(measured.width, measured.height) < 160),
        ample_box=-0.7 * (side is not None and side >= _AMPLE_BOX),
        product_metadata=-2.5 * bool(METADATA.intersection(candidate.sources)),
        product_name=-1.0 * likeness(candidate, product_name),
        gallery=-1.0 * in_gallery(candidate),
        product_cards=-0.7 * _is_card(candidate),
    )


def for_product(candidate: ImageCandidate, product_name: str) -> dict[str, float]:
    """Log-odds for product against lifestyle; a close-up leaves no ground to be seen."""
    words = f"{_file_name(candidate)} {candidate.alt}".lower()
    return _applying(
        presented=1.2 * (bool(STATED.intersection(candidate.sources)) or in_gallery(candidate)),
        close_up=3.0 * bool(_CLOSE_UP.search(words)),
        product_name=0.5 * likeness(candidate, product_name),
        product_cards=0.7 * _is_card(candidate),
    )


def likeness(candidate: ImageCandidate, product_name: str) -> float:
    """The share (0 to 1) of the product name's words that the alternative text repeats."""
    name = set(_WORD.findall(product_name.lower()))
    return len(name.intersection(_WORD.findall(candidate.alt.lower()))) / len(name) if name else 0.0


def _is_swatch(measured: Measurements) -> bool:
    """All ground and nothing on it; too rare and too clear a case for a linear model."""
    features = measured.features
    return features["background"] > 0.96 and features["contrast"] < 25


def _is_card(candidate: ImageCandidate) -> bool:
    """One of several like it, each a link to a page: other products, as a rule."""
    return candidate.siblings >= _LIKE_CARDS and bare(candidate.link).startswith("http")


def _applying(**odds: float) -> dict[str, float]:
    return {name: value for name, value in odds.items() if value}


def _file_name(candidate: ImageCandidate) -> str:
    return unquote(bare(candidate.url)).rsplit("/", 1)[-1].lower()
