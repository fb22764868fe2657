"""Frameworks' and networks' resizers that any host may run, known by the shape of their paths."""

from __future__ import annotations

import re
from urllib.parse import unquote

from imagecrawler.extraction.upgrades.address import SIDE, Address, Larger, source_of

_SCHEME = re.compile(r"[a-z][a-z\d+.-]*:", re.IGNORECASE)
_ROUTES = {
    "/_next/image": "url",
    "/_vercel/image": "url",
    "/.netlify/images": "url",
    "/_image": "href",
}
_IPX = re.compile(r"/_ipx/(?:_|[a-z]+(?:_[^/,&]+)?(?:[,&][a-z]+(?:_[^/,&]+)?)*)/(.+)")
_CLOUDFLARE = re.compile(r"(.*/cdn-cgi/image/)([a-z-]+=[^/,]+(?:,[a-z-]+=[^/,]+)*)(/.+)")
_CLOUDFLARE_SIZES = frozenset(
    (
        "width",
        "height",
        "w",
        "h",
        "fit",
        "dpr",
        "quality",
        "q",
        "slow-connection-quality",
        "gravity",
    )
)
_AKAMAI_SIZES = frozenset(("imwidth", "imheight", "imdensity"))
_AKAMAI_RESIZE = re.compile(r"(?:resize|aspectcrop)[=,]\(?[\w=,.():]*\)?", re.IGNORECASE)
_DYNAMIC_MEDIA_SIZES = frozenset(
    ("wid", "hei", "fit", "qlt", "scl", "resmode", "op_sharpen", "op_usm", "dpr", "network")
)
# Layers, sources and template variables make a picture of several.
_COMPOSITE = re.compile(r"(?:layer|src|mask|text|textps|rgn|rgnn|crop|cropn|\$[\w.-]+)(?==)")
_PRESET = re.compile(r"\$[\w.:-]+\$")


def framework(address: Address) -> Larger | None:
    """Next.js, Vercel, Netlify, Astro (``?url=…&w=…``), Nuxt's IPX: the file that they resize.

    Their widths are lists of allowed ones; the file itself is always there.
    """
    for route, parameter in _ROUTES.items():
        if address.path.endswith(route):
            return _source(address.value(parameter), address)
    match = _IPX.search(address.path)
    return (
        _source(re.sub(r"^(https?:/)(?!/)", r"\1/", unquote(match[1])), address) if match else None
    )


def _source(text: str, proxy: Address) -> Larger | None:
    if text and not text.startswith("/") and not _SCHEME.match(text):
        text = f"/{text}"
    source = source_of(text, proxy)
    return Larger(source) if source else None


def cloudflare(address: Address) -> Larger | None:
    """Cloudflare Images: ``/cdn-cgi/image/width=400,quality=75/…``; scale-down never enlarges."""
    match = _CLOUDFLARE.fullmatch(address.path)
    if not match:
        return None
    options = match[2].split(",")
    kept = [each for each in options if each.partition("=")[0] not in _CLOUDFLARE_SIZES]
    asked = ",".join((*kept, f"width={SIDE}", "fit=scale-down"))
    return Larger(address.at(f"{match[1]}{asked}{match[3]}"))


def akamai(address: Address) -> Larger | None:
    """Akamai Image Manager: ``imwidth=``, and ``im=Resize…`` where nothing else is done."""
    names = address.names
    if not {"imwidth", "im"}.intersection(names):
        return None
    done = address.value("im")
    if done and not _AKAMAI_RESIZE.fullmatch(done):
        return None
    return Larger(address.without((*_AKAMAI_SIZES, "im")).asking(f"imwidth={SIDE}"), not done)


def dynamic_media(address: Address) -> Larger | None:
    """Adobe's Dynamic Media (Scene7): ``/is/image/company/asset?$preset$&wid=400``.

    Answers are at most 2000 px a side unless a company raises it (``MaxPix``), and ``,0`` keeps
    from enlarging. A preset may do more than resize, so that what two have in common is not
    certain.
    """
    if "/is/image/" not in address.path:
        return None
    query = "&".join(address.query)
    if _COMPOSITE.search(query):
        return None
    plain = address.without(_DYNAMIC_MEDIA_SIZES)
    parts = [part for part in plain.query if not _PRESET.fullmatch(part)]
    plain = Address(plain.scheme, plain.host, plain.path, tuple(filter(None, parts)))
    asked = plain.asking("wid=2000", "hei=2000", "fit=constrain,0")
    return Larger(asked, len(parts) == len(plain.query) and not _PRESET.search(query))


def experience_manager(address: Address) -> Larger | None:
    """Adobe Experience Manager's renditions; every asset has the web one of 1280 px."""
    path, count = re.subn(
        r"(/renditions/)cq5dam\.(?:thumbnail|web)\.\d+\.\d+\.\w+$",
        r"\1cq5dam.web.1280.1280.jpeg",
        address.path,
    )
    return Larger(address.at(path)) if count else None
