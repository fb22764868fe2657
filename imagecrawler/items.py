"""What flows through the crawler: one frozen dataclass per stage.

    Target -> PageSnapshot -> ImageCandidate -> DownloadedImage -> ScoredImage -> StoredImage
                                                     \\-> Rejection

All rectangles are in CSS pixels of the document (not of the viewport), all image sizes in
image pixels after EXIF orientation, all URLs absolute unless a field says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID


class Role(StrEnum):
    """What a kept picture shows; also the stem of its object key."""

    HERO = "hero"
    PRODUCT = "product"
    LIFESTYLE = "lifestyle"


class Outcome(StrEnum):
    """How a job ended.

    partial: something was saved, or could have been, but not everything that was tried.
    blocked: the site refused us (robots.txt, 401/403/429, a challenge, a login, a region wall).
    """

    SUCCEEDED = "succeeded"
    PARTIAL = "partial"
    BLOCKED = "blocked"
    FAILED = "failed"


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
class Target:
    """What to crawl and for whom. ``max_images`` is 1 to 50."""

    url: str
    campaign_id: UUID
    user_id: UUID
    max_images: int = 10


@dataclass(frozen=True, slots=True)
class Rect:
    """A box in CSS pixels of the document."""

    x: float
    y: float
    width: float
    height: float

    @property
    def area(self) -> float:
        """Square CSS pixels."""
        return self.width * self.height


@dataclass(frozen=True, slots=True)
class Source:
    """A ``<source>`` of a ``<picture>``; ``matches`` is the browser's verdict on its media."""

    srcset: str
    sizes: str = ""
    type: str = ""
    matches: bool = True


@dataclass(frozen=True, slots=True)
class Element:
    """An element of the rendered page that shows, or may show, a picture.

    ``attributes`` are as written (relative URLs included). ``backgrounds`` are the layers of the
    computed ``background-image``, each in the syntax of ``srcset``: one absolute URL, or all
    those of an ``image-set()`` with their resolutions. ``natural`` is (0, 0) where the browser has
    not loaded the picture. ``containers`` are the lower-case class and id words of the
    ancestors, nearest first. ``siblings`` counts like elements in the nearest repeated list.
    ``seen``: it was visible now or when the page was looked at before. ``covered``: something
    else lies on top of its middle, as far as that is on the first screen.

    What stands in a ``<noscript>`` is an element with the tag ``noscript``, the attributes of the
    ``<img>`` in there and the box of a wrapper made for it, if any; ``beside`` is the path of an
    image right next to it.
    """

    tag: str
    path: str
    rect: Rect
    visible: bool = True
    attributes: Mapping[str, str] = field(default_factory=dict)
    current_src: str = ""
    natural: tuple[int, int] = (0, 0)
    sources: tuple[Source, ...] = ()
    backgrounds: tuple[str, ...] = ()
    heading: str = ""
    caption: str = ""
    text: str = ""
    link: str = ""
    containers: tuple[str, ...] = ()
    siblings: int = 0
    seen: bool = False
    covered: bool = False
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """An inline script that names image files; ``path`` is its element's, ``type`` as written.

    ``fetched``: it is JSON that a script has asked for, and ``path`` its address.
    """

    text: str
    type: str = ""
    path: str = ""
    fetched: bool = False


@dataclass(frozen=True, slots=True)
class ItemProperty:
    """An image property of an item in microdata or RDFa (``syntax``), its URL as written.

    ``types`` and ``names`` are those of the items around it and of the properties that lead
    there, nearest first: an image of a product's brand has the names ("image", "brand") and the
    types ("Brand", "Product"). ``item`` numbers the outermost item on the page.
    """

    syntax: str
    url: str
    names: tuple[str, ...]
    types: tuple[str, ...]
    item: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie of the page's context; ``domain`` begins with a dot where subdomains get it too."""

    name: str
    value: str = field(repr=False)
    domain: str
    path: str = "/"
    secure: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """What a document shows and loads beside its pictures.

    ``text`` is what is displayed, cut at 1,600 characters. ``buttons`` are the words of buttons,
    ``passwords`` counts the visible fields for one outside of headers, navigation, footers and
    dialogs. ``loaded`` are the addresses of scripts, frames, forms and refreshes as written,
    ``scripts`` the beginnings of the inline ones.
    ``marks``: ids and classes of visible elements that speak of captchas or challenges.
    """

    text: str = ""
    buttons: tuple[str, ...] = ()
    passwords: int = 0
    loaded: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageSnapshot:
    """A rendered page at one moment, free of the browser.

    ``base_url`` is the document's base for relative URLs. ``meta`` holds (name or property,
    content) pairs in document order, ``json_ld`` the texts of the JSON-LD blocks, ``scripts`` the
    other inline scripts that name images, and such JSON that scripts have fetched, ``properties``
    the image properties of microdata and RDFa. ``requested`` are the addresses of images that the
    browser has got. ``embedded`` has the bytes of pictures that are part of the page itself, under
    addresses of their own: the page's with a fragment. ``frames`` are the documents of its
    iframes, their boxes in this page's coordinates. ``cut`` says in words what was too much to be
    looked at.
    """

    url: str
    base_url: str
    title: str = ""
    heading: str = ""
    language: str = ""
    viewport: tuple[int, int] = (0, 0)
    document: tuple[int, int] = (0, 0)
    device_pixel_ratio: float = 1.0
    user_agent: str = ""
    elements: tuple[Element, ...] = ()
    meta: tuple[tuple[str, str], ...] = ()
    json_ld: tuple[str, ...] = ()
    scripts: tuple[Script, ...] = ()
    properties: tuple[ItemProperty, ...] = ()
    requested: tuple[str, ...] = ()
    embedded: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    frames: tuple[PageSnapshot, ...] = ()
    content: Content = Content()
    cut: tuple[str, ...] = ()


class Version(NamedTuple):
    """One address of a picture, with the width in pixels that the page promises (0: unknown)."""

    url: str
    width: int = 0


class Origin(NamedTuple):
    """A place that names a picture: the extraction rule and the path to the element.

    Where that is a script, the path goes on with the keys of its JSON.
    """

    rule: str
    path: str


@dataclass(frozen=True, slots=True)
class ImageCandidate:
    """One picture of the page: its versions (best first) and everything known about its place.

    ``sources`` names every extraction rule that found it, ``origins`` each of the places. ``rect``
    is its largest visible box (None where only data names it), ``position`` its rank in document
    order. ``seen`` and ``covered`` as in :class:`Element`, of the element with that box.
    """

    versions: tuple[Version, ...]
    sources: tuple[str, ...]
    rect: Rect | None = None
    visible: bool = False
    alt: str = ""
    heading: str = ""
    caption: str = ""
    text: str = ""
    link: str = ""
    path: str = ""
    containers: tuple[str, ...] = ()
    siblings: int = 0
    position: int = 0
    title: str = ""
    origins: tuple[Origin, ...] = ()
    seen: bool = False
    covered: bool = False

    @property
    def url(self) -> str:
        """The address of the best version."""
        return self.versions[0].url


@dataclass(frozen=True, slots=True)
class KnownImage:
    """A picture that an earlier crawl has stored under ``key``.

    ``etag`` and ``last_modified`` are its server's, verbatim, empty where it gave none.
    """

    sha256: str
    key: str
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class KnownPage:
    """What is known of a page before it is crawled again. ``images`` are by URL.

    ``fingerprint`` is None unless its last crawl saw all of it; ``verified_at``: when its pictures
    were last looked at one by one; ``intact``: all that were saved then are still there.
    """

    fingerprint: str | None = None
    verified_at: datetime | None = None
    intact: bool = False
    images: Mapping[str, KnownImage] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True)
class PageItem:
    """One page on its way through the pipelines; each stage fills its own field.

    ``timings`` are wall seconds by stage. ``detail`` says in one line why the outcome is not
    ``succeeded``. ``complete`` is False where parts of the page were not seen, or pictures not
    tried, so that what is missing need not be gone. ``fingerprint`` stands for what the page
    names; ``unchanged``: for what it named before, and no picture was looked at. ``screenshot``
    is a JPEG of the whole page, only on request. ``retry_in``: the page is asked for again after
    so many seconds and the job goes on; None: this is its end. ``may_retry_in`` says when that
    would be, should a pipeline have to wait for a store or a database. ``was_asked`` is False
    where the page was not even asked for, so that it was no attempt.
    """

    target: Target
    job_id: UUID
    outcome: Outcome = Outcome.SUCCEEDED
    detail: str = ""
    title: str = ""
    snapshot: PageSnapshot | None = field(default=None, repr=False)
    downloaded: tuple[DownloadedImage, ...] = ()
    scored: tuple[ScoredImage, ...] = ()
    stored: tuple[StoredImage, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    complete: bool = True
    fingerprint: str = ""
    unchanged: bool = False
    screenshot: bytes | None = field(default=None, repr=False)
    retry_in: float | None = None
    may_retry_in: float | None = None
    was_asked: bool = True

    @property
    def found(self) -> int:
        """Every distinct picture the page had, once the pipelines are through: kept or rejected."""
        return len(self.stored) + len(self.rejections)

    def advance(self, stage: str, seconds: float, **changes: Any) -> PageItem:
        """The item after ``stage``, which took ``seconds`` of wall time."""
        return replace(self, timings={**self.timings, stage: seconds}, **changes)

    def ended(self, outcome: Outcome, detail: str) -> PageItem:
        """The item with a worse outcome; the first reason of the same outcome stays."""
        if self.outcome is outcome and self.detail:
            return self
        return replace(self, outcome=outcome, detail=detail)
