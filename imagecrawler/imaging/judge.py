"""The page as a whole: each picture's role, and which of them are the page's main pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from imagecrawler.imaging.examine import Examined
from imagecrawler.imaging.heroes import with_heroes
from imagecrawler.imaging.likeness import same_picture
from imagecrawler.imaging.prominence import prominence
from imagecrawler.imaging.roles import drawings_of, in_words, likelihoods
from imagecrawler.items import (
    METADATA,
    ImageCandidate,
    Likelihoods,
    Measurements,
    PageSnapshot,
    Reason,
    Rejection,
    Role,
    ScoredImage,
)

MIN_SIDE = 120
"""Natural pixels; icons and swatches lie below, the smallest useful product pictures above."""

MIN_SPREAD = 6.0
"""L*a*b* between a picture's extremes; less is not seen."""

MIN_SHARPNESS = 0.12
"""Measured on photographs: enlarged from 64 px they lie below 0.11, unspoilt ones above 0.3."""

MAX_STILL = 2.0
"""Grey levels of noise; a stand-in was made small, which takes grain away."""

Verdict = tuple[tuple[ScoredImage, ...], tuple[Rejection, ...]]


def judge(examined: Sequence[Examined], page: PageSnapshot) -> Verdict:
    """Give every picture its role, or the reason why it is not kept.

    Both results keep the order of ``examined``. Of a page with any kept picture at least one is
    a hero.
    """
    named = [image for image in examined if METADATA.intersection(image.image.candidate.sources)]
    drawings = drawings_of([image.measured for image in examined])
    judged = [_judged(image, _informed(image, named), page, drawings) for image in examined]
    scored = [verdict for verdict in judged if isinstance(verdict, ScoredImage)]
    rejected = tuple(verdict for verdict in judged if isinstance(verdict, Rejection))
    return with_heroes(scored, page), rejected


def _informed(image: Examined, named: Sequence[Examined]) -> ImageCandidate:
    """The candidate with what metadata says of the same picture under another address."""
    candidate = image.image.candidate
    kin = [other for other in named if other is not image and same_picture(image, other)]
    sources = [name for other in kin for name in other.image.candidate.sources if name in METADATA]
    return replace(candidate, sources=tuple(dict.fromkeys((*candidate.sources, *sources))))


def _judged(
    image: Examined, candidate: ImageCandidate, page: PageSnapshot, drawings: float
) -> ScoredImage | Rejection:
    reading = likelihoods(image.measured, candidate, page.heading or page.title, drawings)
    evidence = prominence(image.measured, candidate, page)
    fault = _fault(image, reading, evidence)
    if fault is not None:
        return Rejection(image.url, *fault, rect=candidate.rect)
    return _scored(image, reading, evidence)


def _fault(image: Examined, reading: Likelihoods, evidence: float) -> tuple[Reason, str] | None:
    measured = image.measured
    if min(measured.width, measured.height) < MIN_SIDE:
        size = f"{measured.width}x{measured.height} px"
        return Reason.TOO_SMALL, f"{size}, at least {MIN_SIDE} px a side are needed"
    if measured.features["spread"] < MIN_SPREAD:
        return Reason.PLACEHOLDER, "one flat colour"
    if _is_blurred(measured):
        return Reason.PLACEHOLDER, "a blurred stand-in without detail"
    # Where the page insists that this is the product, looking drawn is weak evidence.
    if reading.graphic > 0.5 + 0.4 * evidence:
        decisive = in_words(reading.evidence["graphic"])
        told = f"({reading.graphic:.0%}: {decisive})" if decisive else f"({reading.graphic:.0%})"
        return Reason.GRAPHIC, f"looks like a logo, icon, banner or chart {told}"
    return None


def _is_blurred(measured: Measurements) -> bool:
    found = measured.features
    return found["sharpness"] < MIN_SHARPNESS and found["noise"] < MAX_STILL


def _scored(image: Examined, reading: Likelihoods, evidence: float) -> ScoredImage:
    is_product = reading.product >= reading.lifestyle
    return ScoredImage(
        image=image.image,
        measured=image.measured,
        sha256=image.sha256,
        quality=image.quality,
        breakdown=image.breakdown,
        role=Role.PRODUCT if is_product else Role.LIFESTYLE,
        is_product=is_product,
        is_lifestyle=not is_product,
        prominence=evidence * (0.9 + 0.1 * is_product),
        likelihoods=reading,
        thumbnail=image.thumbnail,
    )
