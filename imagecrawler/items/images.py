"""Pictures that were fetched, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from imagecrawler.items.candidates import ImageCandidate
from imagecrawler.items.page import Rect


class Role(StrEnum):
    """What a kept picture shows; also the stem of its object key."""

    HERO = "hero"
    PRODUCT = "product"
    LIFESTYLE = "lifestyle"


class Reason(StrEnum):
    """Why an image was not kept."""

    UNREACHABLE = "unreachable"
    REFUSED_ADDRESS = "refused_address"
    NOT_AN_IMAGE = "not_an_image"
    UNSUPPORTED_FORMAT = "unsupported_format"
    UNDECODABLE = "undecodable"
    TOO_LARGE = "too_large"
    TOO_SMALL = "too_small"
    PLACEHOLDER = "placeholder"
    GRAPHIC = "graphic"
    LOW_QUALITY = "low_quality"
    DUPLICATE = "duplicate"
    OVER_LIMIT = "over_limit"
    OVER_BUDGET = "over_budget"
    UPLOAD_FAILED = "upload_failed"


@dataclass(frozen=True, slots=True)
class DownloadedImage:
    """The bytes of a candidate, without metadata, and the address they came from.

    ``etag`` and ``last_modified`` as in :class:`KnownImage`.
    """

    candidate: ImageCandidate
    url: str
    body: bytes = field(repr=False)
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Measurements:
    """What the pixels say. ``phash`` is a 64-bit perceptual hash as an int."""

    width: int
    height: int
    format: str
    phash: int
    features: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """How likely each reading of a picture is; the three add up to 1.

    ``evidence`` has what decided, in log-odds by name: under ``graphic`` for its being one, under
    ``product`` for product against lifestyle.
    """

    product: float
    lifestyle: float
    graphic: float
    evidence: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScoredImage:
    """A measured image. ``quality`` is 0 to 100, ``breakdown`` its components, each 0 to 1.

    ``thumbnail`` is what dedupe compares colours with; its form belongs to ``imaging``.
    ``absorbed`` lists the URLs of the duplicates this image stands for.
    """

    image: DownloadedImage
    measured: Measurements
    sha256: str
    quality: float
    breakdown: Mapping[str, float]
    role: Role
    is_product: bool
    is_lifestyle: bool
    prominence: float = 0.0
    likelihoods: Likelihoods | None = None
    thumbnail: Any = field(default=None, repr=False, compare=False)
    absorbed: tuple[str, ...] = ()

    @property
    def is_hero(self) -> bool:
        """Whether it is one of the page's main pictures."""
        return self.role is Role.HERO

    @property
    def url(self) -> str:
        """The address the bytes came from."""
        return self.image.url


@dataclass(frozen=True, slots=True)
class StoredImage:
    """An image whose object is in the store. ``id`` is set once its row exists."""

    scored: ScoredImage
    key: str
    cdn_url: str
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """An image that was not kept, and why. ``duplicate_of`` is the URL of the kept one."""

    url: str
    reason: Reason
    detail: str = ""
    duplicate_of: str | None = None
    rect: Rect | None = None
