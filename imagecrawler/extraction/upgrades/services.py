"""Services that resize by parameters of the address."""

from __future__ import annotations

import re
from functools import lru_cache

from imagecrawler.extraction.upgrades.address import CACHE_BUSTERS, SIDE, Address, Larger

_IMGIX_HOSTS = (".imgix.net", "images.prismic.io", "images.unsplash.com")
_IMGIX_SIZES = frozenset(
    ("w", "h", "dpr", "q", "fit", "crop", "ar", "max-w", "max-h", "min-w", "min-h", "lossless")
)
_SANITY_SIZES = frozenset(("w", "h", "q", "dpr", "fit", "crop", "max-w", "max-h"))
_CONTENTFUL_SIZES = frozenset(("w", "h", "q", "fit", "f", "fl", "r"))
_FILE_SIZES = frozenset(
    (
        *("w", "h", "width", "height", "dpr", "fit", "auto", "format", "fm"),
        *("q", "quality", "qlt", "optimize", "enable", "disable"),
    )
)
_FILE_WIDTHS = frozenset(("w", "h", "width", "height"))
# These may cut something off, or fill up.
_FILE_CROPS = frozenset(("crop", "canvas", "trim", "trimcolor", "pad_color", "bg-color"))
_CLOUDINARY = re.compile(r"(.*/image/(?:upload|fetch)/)(.+)")
_CLOUDINARY_SIZE = re.compile(
    r"(?:[wh]_(?:\d+(?:\.\d+)?|auto(?::[\w:]+)?|i[wh])|c_[a-z_]+|g_[\w:]+|dpr_[\w.]+|q_[\w:.]+"
    r"|f_\w+|ar_[\d.:]+|b_[\w:]+|fl_(?:progressive|lossy|any_format|immutable_cache)(?:[.:]\w+)*)"
)
_CLOUDINARY_WIDTH = re.compile(r"(?:^|,)[wh]_(?:\d|auto)")
_COMPONENT = re.compile(r"[a-z]{1,3}_[^/]+|if_.+|\$\w+_.+")
_ELSEWHERE = re.compile(r"(.*/)([a-z]{1,3}_[^/]+)(/.+)")
_IMAGEKIT = re.compile(r"/tr:([^/]+)(?=/)")
_IMAGEKIT_SIZE = re.compile(r"(?:w|h|c|cm|fo|q|f|dpr|ar|pr|bg)-[^,:]+")
_TWICPICS_SIZE = re.compile(
    r"(?:resize|cover|contain|max|min|inside|quality|output|focus|dpr)(?:-\w+)?=[^/]+"
)


def imgix(address: Address) -> Larger | None:
    """imgix, Prismic and Unsplash: ``fit=max`` never enlarges and crops nothing."""
    if not address.host.endswith(_IMGIX_HOSTS):
        return None
    return Larger(address.without(_IMGIX_SIZES).asking(f"w={SIDE}", "fit=max"))


def sanity(address: Address) -> Larger | None:
    """Sanity, whose parameters are imgix's."""
    if address.host != "cdn.sanity.io" or not address.path.startswith("/images/"):
        return None
    return Larger(address.without(_SANITY_SIZES).asking(f"w={SIDE}", "fit=max"))


def contentful(address: Address) -> Larger | None:
    """Contentful, which enlarges only with ``fit=scale``."""
    if not address.host.endswith(("images.ctfassets.net", "images.contentful.com")):
        return None
    return Larger(address.without(_CONTENTFUL_SIZES).asking(f"w={SIDE}"))


def cloudinary(address: Address) -> Larger | None:
    """Cloudinary: transformations that resize give way to ``c_limit``, which never enlarges.

    Where there are others (an overlay, an effect, a named one), or none, the address stays.
    """
    match = _CLOUDINARY.fullmatch(address.path)
    if not match:
        return None
    segments = match[2].split("/")
    count = next((at for at, each in enumerate(segments) if not _COMPONENT.fullmatch(each)), 0)
    resizing, rest = segments[:count], segments[count:]
    if not any(map(_CLOUDINARY_WIDTH.search, resizing)) or not all(map(_only_resizes, resizing)):
        return Larger(address)
    return Larger(address.at(f"{match[1]}c_limit,h_{SIDE},w_{SIDE}/{'/'.join(rest)}"))


def cloudinary_elsewhere(address: Address) -> Larger | None:
    """The same behind a shop's own path: ``/images/w_600,f_auto,q_auto/…``."""
    match = _ELSEWHERE.fullmatch(address.path)
    if not match or "," not in match[2] or not _only_resizes(match[2]):
        return None
    if not _CLOUDINARY_WIDTH.search(match[2]):
        return None
    return Larger(address.at(f"{match[1]}c_limit,h_{SIDE},w_{SIDE}{match[3]}"), certain=False)


def _only_resizes(segment: str) -> bool:
    return all(map(_CLOUDINARY_SIZE.fullmatch, segment.split(",")))


def imagekit(address: Address) -> Larger | None:
    """ImageKit: ``/tr:w-400,h-300/`` or ``?tr=…``; ``c-at_max`` never enlarges."""
    if address.host != "ik.imagekit.io":
        return None
    match = _IMAGEKIT.search(address.path)
    done = match[1] if match else address.value("tr")
    if not all(map(_IMAGEKIT_SIZE.fullmatch, re.split(r"[,:]", done) if done else ())):
        return None
    plain = address.at(_IMAGEKIT.sub("", address.path, count=1)).without(("tr",))
    return Larger(plain.asking(f"tr=w-{SIDE},c-at_max"))


def twicpics(address: Address) -> Larger | None:
    """TwicPics: ``?twic=v1/resize=400``; ``contain-max`` never enlarges."""
    version, _, done = address.value("twic").partition("/")
    if version != "v1" or not all(map(_TWICPICS_SIZE.fullmatch, done.split("/"))):
        return None
    return Larger(address.without(("twic",)).asking(f"twic=v1/contain-max={SIDE}x{SIDE}"))


def storyblok(address: Address) -> Larger | None:
    """Storyblok: what follows ``/m/`` resizes."""
    if not re.fullmatch(r"(?:a|img\d?)(?:-us)?\.storyblok\.com", address.host):
        return None
    path, _, _ = address.path.partition("/m/")
    return Larger(address.at(path))


def google(address: Address) -> Larger | None:
    """Google's user content: ``=w500-h500``; never enlarged."""
    if not re.fullmatch(r"lh\d\.googleusercontent\.com", address.host):
        return None
    path = re.sub(r"=(?:[swh]\d+|[a-z]{1,3})(?:-(?:[swh]\d+|[a-z]{1,3}))*$", "", address.path)
    return Larger(address.at(f"{path}=s{SIDE}"))


def resized_file(address: Address) -> Larger | None:
    """A file with parameters of its size and nothing else but cache-busters, on any host (the
    form of Fastly, Bunny and many a shop): the file."""
    left = _without_sizes(address.query) if address.is_file else None
    if left is None:
        return None
    query, certain = left
    return Larger(Address(address.scheme, address.host, address.path, query), certain)


# The pictures of a page are asked for with a few queries.
@lru_cache(1_024)
def _without_sizes(query: tuple[str, ...]) -> tuple[tuple[str, ...], bool] | None:
    """What is left of the query, and whether nothing else than the size was lost."""
    address = Address("", "", "", query)
    names = {name for name in address.names if name not in CACHE_BUSTERS}
    if not names & _FILE_WIDTHS or not names <= _FILE_SIZES | _FILE_CROPS:
        return None
    return address.without(names).query, names <= _FILE_SIZES
