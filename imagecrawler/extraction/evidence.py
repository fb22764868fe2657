"""What speaks for and against a page's being the sales page it was asked for as."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from imagecrawler.extraction.loading import is_real
from imagecrawler.extraction.stand_in_words import CART
from imagecrawler.items import ImageCandidate, PageSnapshot

#: Characters that a page has at least which says more than why there is nothing to see. Chosen,
#: not measured: a notice is a paragraph or two. Two of 24 real product pages have fewer (856 and
#: 1,190), so that it is never enough by itself.
WORDY = 1_500

_PRODUCT_TYPE = re.compile(
    r'"@type"\s*:\s*(?:\[[^\]]*)?"(?:https?://schema\.org/)?'
    r"(?:\w*Product\w*|Vehicle|Car|Book|Course|Event|(?:Aggregate)?Offer)\""
)
_PRODUCT_ITEM = re.compile(r"(?:^|[/#:\s])(?:\w*Product\w*|(?:Aggregate)?Offer)(?:$|\s)")
_PRODUCT_META = ("product:", "og:price:", "og:product", "twitter:data")
_GALLERY = frozenset(
    {"gallery", "galleria", "fotorama", "lightbox", "magnifier", "magiczoom", "pdp", "zoom"}
)
_METADATA_ONLY = frozenset({"open-graph"})


@dataclass(frozen=True)
class Evidence:
    """A page and its pictures.

    ``announced`` is the protection that its answer's headers name, ``whole``: it came to rest.
    """

    snapshot: PageSnapshot
    candidates: Sequence[ImageCandidate]
    announced: str = ""
    whole: bool = True

    @cached_property
    def title(self) -> str:
        """In lower case, as are heading and text."""
        return _plain(self.snapshot.title)

    @cached_property
    def heading(self) -> str:
        """The first ``<h1>``."""
        return _plain(self.snapshot.heading)

    @cached_property
    def text(self) -> str:
        """The beginning of what is displayed."""
        return _plain(self.snapshot.content.text)

    @cached_property
    def letters(self) -> int:
        """Characters displayed, frames included; of each document no more than ``text`` has."""
        return sum(len(each.content.text) for each in (self.snapshot, *self.snapshot.frames))

    @cached_property
    def traces(self) -> str:
        """What the page loads, how its scripts begin and what its elements are called."""
        content = self.snapshot.content
        return "\n".join((*content.loaded, *content.scripts, *content.marks))

    @cached_property
    def path(self) -> str:
        """Of the page's own address, after all redirects."""
        return urlsplit(self.snapshot.url).path.lower()

    @cached_property
    def pictures(self) -> int:
        """How many are shown large."""
        return sum(_is_large(each) for each in self.candidates)

    @cached_property
    def sells(self) -> bool:
        """Whether product metadata, a picture in a gallery or a cart button says so."""
        return self._has_metadata() or self._has_gallery() or self._has_cart()

    @property
    def is_bare(self) -> bool:
        """Whether there is little but a notice: nothing for sale, few words, at most a picture."""
        return not self.sells and self.pictures <= 1 and self.letters < WORDY

    @property
    def is_empty(self) -> bool:
        """Whether nothing is displayed in the end: no picture, hardly a word."""
        if not self.whole or self.sells or self.letters >= 60:
            return False
        named_only = all(set(each.sources) <= _METADATA_ONLY for each in self.candidates)
        canvases = any(each.tag == "canvas" for each in self.snapshot.elements)
        return named_only and not canvases

    def _has_metadata(self) -> bool:
        page = self.snapshot
        return (
            any(name.lower().startswith(_PRODUCT_META) for name, _ in page.meta)
            or any("product" in value.lower() for name, value in page.meta if name == "og:type")
            or any(_PRODUCT_TYPE.search(each) for each in page.json_ld)
            or any(_PRODUCT_ITEM.search(each) for item in page.properties for each in item.types)
        )

    def _has_gallery(self) -> bool:
        return any(_is_large(each) and _GALLERY & set(each.containers) for each in self.candidates)

    def _has_cart(self) -> bool:
        return any(word in _plain(each) for each in self.snapshot.content.buttons for word in CART)


def _is_large(candidate: ImageCandidate) -> bool:
    box = candidate.rect
    return box is not None and is_real(box)


def _plain(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").lower().split())
