"""One downloaded picture to everything that can be said of it alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

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


def examine(image: DownloadedImage) -> Examined | Rejection:
    """Decode, measure and score one picture; what does not decode becomes a Rejection."""
    try:
        decoded = decode(image.body)
    except UndecodableImage as error:
        rect = image.candidate.rect
        return Rejection(image.url, Reason(error.reason), error.detail, rect=rect)
    measured = _measured(decoded)
    quality, breakdown = score(measured, image.candidate)
    return Examined(
        image, measured, sha256(image.body), quality, breakdown, thumbnail(decoded.working)
    )


def placed(result: Examined | Rejection, image: DownloadedImage) -> Examined | Rejection:
    """What ``examine`` would say of the same bytes as ``image``: all that depends on its place."""
    if isinstance(result, Rejection):
        return replace(result, rect=image.candidate.rect)
    quality, breakdown = score(result.measured, image.candidate)
    return replace(result, image=image, quality=quality, breakdown=breakdown)


def _measured(decoded: Decoded) -> Measurements:
    phash = perceptual_hash(decoded.grey)
    return Measurements(decoded.width, decoded.height, decoded.format, phash, features(decoded))
