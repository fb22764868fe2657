"""An image as user metadata of its object, so that its row can be rebuilt from the store.

S3 allows 2 KB of ASCII. Fields go in by importance: what a row cannot be without, then the
addresses, the score and where the image was found, each whole or not at all, and last the texts,
which share what room is left. Texts are percent-encoded with ``+`` for a space.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote, quote_plus, unquote_plus
from uuid import UUID

from imagecrawler.errors import StoreError
from imagecrawler.items import Role, ScoredImage, Target
from imagecrawler.storage.formats import extension
from imagecrawler.storage.store import METADATA_LIMIT, metadata_size

T = TypeVar("T")

TEXTS: tuple[str, ...] = ("alt", "heading", "caption", "text")
_URL_SAFE = ":/?#[]@!$&'()*+,;=%-._~"


@dataclass(frozen=True, slots=True)
class Description:
    """What an object says of itself; the defaults stand for what did not fit.

    ``quality`` is 0 to 100, ``breakdown`` holds its components (0 to 1) to three decimals,
    the texts may be cut short.
    """

    campaign_id: UUID
    user_id: UUID
    sha256: str
    phash: int
    width: int
    height: int
    format: str
    quality: float
    role: Role
    is_product: bool
    is_lifestyle: bool
    original_url: str = ""
    page_url: str = ""
    breakdown: Mapping[str, float] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    alt: str = ""
    heading: str = ""
    caption: str = ""
    text: str = ""


def describe(target: Target, scored: ScoredImage) -> dict[str, str]:
    """User metadata of the image's object, at most METADATA_LIMIT bytes in all.

    Non-ASCII characters of an URL come back from :func:`parse` percent-encoded.
    """
    kept: dict[str, str] = {}
    for name, value in _fields(target, scored):
        if value and metadata_size({**kept, name: value}) <= METADATA_LIMIT:
            kept[name] = value
    candidate = scored.image.candidate
    texts = {name: getattr(candidate, name) for name in TEXTS}
    return kept | _share(texts, METADATA_LIMIT - metadata_size(kept))


def parse(metadata: Mapping[str, str]) -> Description:
    """The opposite of :func:`describe`.

    Raises StoreError: a field without which there can be no row is missing, malformed or out of
    its range.
    """
    flags = metadata.get("flags", "").split(",")
    return Description(
        campaign_id=_required(metadata, "campaign-id", UUID),
        user_id=_required(metadata, "user-id", UUID),
        sha256=_required(metadata, "sha256", _sha256),
        phash=_required(metadata, "phash", _phash),
        width=_required(metadata, "width", _pixels),
        height=_required(metadata, "height", _pixels),
        format=_required(metadata, "format", _format),
        quality=_required(metadata, "quality", _quality),
        role=_required(metadata, "role", Role),
        is_product="product" in flags,
        is_lifestyle="lifestyle" in flags,
        original_url=metadata.get("original-url", ""),
        page_url=metadata.get("page-url", ""),
        breakdown=_breakdown(metadata.get("breakdown", "")),
        sources=tuple(map(unquote_plus, _split(metadata.get("sources", "")))),
        **{name: unquote_plus(metadata.get(name, "")) for name in TEXTS},
    )


def _fields(target: Target, scored: ScoredImage) -> Iterator[tuple[str, str]]:
    """Everything but the texts, the most important first."""
    measured = scored.measured
    flags = {"product": scored.is_product, "lifestyle": scored.is_lifestyle}
    breakdown = (f"{_encoded(name)}:{part:.3f}" for name, part in scored.breakdown.items())
    yield "campaign-id", str(target.campaign_id)
    yield "user-id", str(target.user_id)
    yield "sha256", scored.sha256
    yield "phash", f"{measured.phash:016x}"
    yield "width", str(measured.width)
    yield "height", str(measured.height)
    yield "format", _encoded(measured.format)
    yield "quality", repr(float(scored.quality))
    yield "role", scored.role.value
    yield "flags", ",".join(name for name, is_set in flags.items() if is_set)
    yield "original-url", _ascii_url(scored.url)
    yield "breakdown", ",".join(breakdown)
    yield "sources", ",".join(map(_encoded, scored.image.candidate.sources))
    yield "page-url", _ascii_url(target.url)


def _share(texts: Mapping[str, str], room: int) -> dict[str, str]:
    """Cut the texts so that all fit: short ones stay whole and leave their room to long ones."""
    kept: dict[str, str] = {}
    shortest_first = sorted(texts, key=lambda name: len(_encoded(texts[name])))
    for done, name in enumerate(shortest_first):
        share = room // (len(texts) - done)
        value = _cut(texts[name], share - metadata_size({name: ""}))
        if value:
            kept[name] = value
            room -= metadata_size({name: value})
    return kept


def _cut(text: str, room: int) -> str:
    """The encoded text's longest beginning of whole characters within ``room`` bytes."""
    encoded = ""
    for character in text:
        step = _encoded(character)
        if len(encoded) + len(step) > room:
            break
        encoded += step
    return encoded


def _encoded(text: str) -> str:
    # Pages cut strings in the middle of a surrogate pair; the half has no UTF-8 form.
    return quote_plus(text, errors="replace")


def _ascii_url(url: str) -> str:
    return quote(url, safe=_URL_SAFE, errors="replace")


def _required(metadata: Mapping[str, str], name: str, convert: Callable[[str], T]) -> T:
    try:
        return convert(metadata[name])
    except KeyError:
        raise StoreError(f"the object's metadata lacks {name}") from None
    except ValueError:
        raise StoreError(f"the object's metadata has a malformed {name}") from None


def _sha256(value: str) -> str:
    return _valid(value, re.fullmatch(r"[0-9a-f]{64}", value) is not None)


def _phash(value: str) -> int:
    return int(_valid(value, re.fullmatch(r"[0-9a-f]{16}", value) is not None), 16)


def _pixels(value: str) -> int:
    return _valid(int(value), 0 < int(value) < 2**31)


def _format(value: str) -> str:
    extension(unquote_plus(value))
    return unquote_plus(value)


def _quality(value: str) -> float:
    return _valid(float(value), 0 <= float(value) <= 100)


def _valid(value: T, is_valid: bool) -> T:
    if not is_valid:
        raise ValueError(value)
    return value


def _breakdown(value: str) -> dict[str, float]:
    try:
        parts = (part.split(":") for part in _split(value))
        return {unquote_plus(name): float(number) for name, number in parts}
    except ValueError:
        raise StoreError("the object's metadata has a malformed breakdown") from None


def _split(value: str) -> list[str]:
    return value.split(",") if value else []
