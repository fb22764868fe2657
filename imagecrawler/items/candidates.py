"""What a page names as its pictures, and what is known of them before they are fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from imagecrawler.items.page import Rect

STATED = frozenset({"json-ld", "microdata", "rdfa"})
"""Rules that read what the page states of its product, in schema.org's terms."""

METADATA = STATED | {"open-graph"}
"""Rules by which the page itself names the product's pictures.

Not so ``inline-json``, ``data-json`` and ``network``: what they find may be of any product that the
page's scripts know.
"""


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
    is its best visible box, the largest that the window has room for (None where only data names
    it), ``place`` the index of its element among the page's. ``position`` is the picture's rank in
    document order, wherever it is named first. ``seen`` and ``covered`` as in :class:`Element`:
    seen in any place, covered in that one.
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
    place: int | None = None

    @property
    def url(self) -> str:
        """The address of the best version."""
        return self.versions[0].url

    @property
    def order(self) -> tuple[bool, int]:
        """Sorts by the boxes that count, in document order; what has none comes last."""
        return self.place is None, self.position if self.place is None else self.place


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
