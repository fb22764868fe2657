"""One downloaded picture to everything that can be said of it alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from imagecrawler.errors import UndecodableImage
from imagecrawler.imaging.decode import Decoded, decode
from imagecrawler.imaging.hashing import perceptual_hash, sha256
from imagecrawler.imaging.likeness import Thumbnail, thumbnail
from imagecrawler.imaging.measure import features
from imagecrawler.imaging.scoring import score
from imagecrawler.items import DownloadedImage, Measurements, Reason, Rejection


@dataclass(frozen=True, slots=True)
class Examined:
    """A decoded and scored picture, before the page has been judged as a whole.

    ``quality`` is 0 to 100, ``breakdown`` its components, each 0 to 1. The pixels are gone but
    for ``thumbnail``.
    """

    image: DownloadedImage
    measured: Measurements
    sha256: str
    quality: float
    breakdown: Mapping[str, float]
    thumbnail: Thumbnail = field(repr=False, compare=False)

    @property
    def url(self) -> str:
        """The address the bytes came from."""
        return self.image.url


@dataclass(frozen=True, slots=True)
class Pixels:
    """What a picture says by itself, wherever it stands; its pixels are gone but for these."""

    measured: Measurements
    thumbnail: Thumbnail = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why bytes are no picture that we keep."""

    reason: Reason
    detail: str


def look_at(body: bytes) -> Pixels | Unusable:
    """Decode and measure one picture."""
    try:
        decoded = decode(body)
    except UndecodableImage as error:
        return Unusable(Reason(error.reason), error.detail)
    return Pixels(_measured(decoded), thumbnail(decoded.working))


def examined(image: DownloadedImage, look: Pixels | Unusable) -> Examined | Rejection:
    """Score a picture in its place on the page; what did not decode becomes a Rejection."""
    if isinstance(look, Unusable):
        return Rejection(image.url, look.reason, look.detail, rect=image.candidate.rect)
    quality, breakdown = score(look.measured, image.candidate)
    return Examined(image, look.measured, sha256(image.body), quality, breakdown, look.thumbnail)


def examine(image: DownloadedImage) -> Examined | Rejection:
    """Both, in this process."""
    return examined(image, look_at(image.body))


def _measured(decoded: Decoded) -> Measurements:
    phash = perceptual_hash(decoded.grey)
    return Measurements(decoded.width, decoded.height, decoded.format, phash, features(decoded))
