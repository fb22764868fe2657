"""A rendered page, free of the browser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

AMPLE_SIDE = 500.0
"""CSS pixels of a main picture's mean side: beyond that, larger is not more of a main picture."""

_WORD = re.compile(r"\w{3,}")


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

    def share_of(self, window: tuple[int, int]) -> float:
        """How much of it a window can show at once, which scrolls down only, 0 to 1.

        ``window`` is its width and height; one that is 0 is not known and takes all.
        """
        width, height = window
        across = min(self.x + self.width, width) - max(self.x, 0.0) if width else self.width
        down = min(self.height, height) if height else self.height
        return min(1.0, max(0.0, across) * down / max(self.area, 1.0))

    @property
    def is_placed(self) -> bool:
        """Whether it is anywhere: what is not displayed, and only that, has zeros throughout."""
        return any((self.x, self.y, self.width, self.height))


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

    def share_of_name(self, text: str) -> float:
        """Of the words of the heading, or else of the title, that a text repeats, 0 to 1."""
        name = _words(self.heading or self.title)
        return len(name & _words(text)) / len(name) if name else 0.0


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))
