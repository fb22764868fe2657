"""Marketplaces and large retailers."""

from __future__ import annotations

import re

from imagecrawler.extraction.upgrades.address import Address, Larger

_AMAZON_HOSTS = ("media-amazon.com", "images-amazon.com")
_AMAZON = re.compile(r"(/images/[IPS]/[^/.]+)\._([^/]+)_(\.\w{3,4})$")
# Everything else crops or draws something onto the picture.
_AMAZON_SIZE = re.compile(r"(?:AC|[SU][LXYRSU]+\d+(?:,\d+)*|Q[LM]\d+|FM\w+|ML\d|V\d+|CB\d+|EF\d+)")
_EBAY = re.compile(r"(?:/thumbs)?(/images/.+/s-l)\d+(?=\.\w{3,4}$)")
_ETSY = re.compile(r"/il_(?:\d+x(?:\d+|N)|fullxfull)\.(?=\d)")
_ETSY_CROP = re.compile(r"/c/\d+/\d+/\d+/\d+(?=/il/)")
_ALIBABA = re.compile(
    r"(\.(?:jpe?g|png|webp))_(?:\d{2,4}x\d{2,4}|[qQ]\d{2}|sum|b)[\w.]*(?:\.(?:jpe?g|png|webp|avif))?"
    r"(?:_\.(?:webp|avif))?$"
)
_DHGATE = re.compile(r"(/)(?:\d{2,4}x\d{2,4}|0x\d{2,4}|\d{2,4}x0)(?=/)")
_BEST_BUY = re.compile(r"(?:;(?:max|canvas)(?:Height|Width)=\d+)+$")
_WALMART_SIZES = frozenset(("odnheight", "odnwidth", "odnbg"))


def amazon(address: Address) -> Larger | None:
    """Amazon: ``ID._AC_SX466_.jpg`` is made from ``ID.jpg``."""
    if not address.host.endswith(_AMAZON_HOSTS) or "/images/" not in address.path:
        return None
    match = _AMAZON.search(address.path)
    if not match:
        return Larger(address)
    is_resized = all(map(_AMAZON_SIZE.fullmatch, filter(None, match[2].split("_"))))
    path = f"{address.path[: match.start()]}{match[1]}{match[3]}"
    return Larger(address.at(path), is_resized)


def ebay(address: Address) -> Larger | None:
    """eBay: ``s-l500``; 1600 px are its widest."""
    if not re.fullmatch(r"i\d*\.ebayimg\.com", address.host):
        return None
    path, count = _EBAY.subn(r"\g<1>1600", address.path)
    return Larger(address.at(path)) if count else None


def etsy(address: Address) -> Larger | None:
    """Etsy: ``il_340x270.123_abc.jpg``, with ``fullxfull`` for the size."""
    if not re.fullmatch(r"i(?:mg\d)?\.etsystatic\.com", address.host):
        return None
    path, count = _ETSY.subn("/il_fullxfull.", address.path)
    whole, crops = _ETSY_CROP.subn("", path)
    return Larger(address.at(whole), not crops) if count else None


def alibaba(address: Address) -> Larger | None:
    """Alibaba, AliExpress, Taobao: ``name.jpg_220x220.jpg`` is made from ``name.jpg``."""
    if not address.host.endswith((".alicdn.com", ".aliexpress-media.com")):
        return None
    return Larger(address.at(_ALIBABA.sub(r"\1", address.path)))


def dhgate(address: Address) -> Larger | None:
    """DHgate: the first segment is the size, ``0x0`` the file itself."""
    if not address.host.endswith(".dhresource.com"):
        return None
    return Larger(address.at(_DHGATE.sub(r"\g<1>0x0", address.path, count=1)))


def walmart(address: Address) -> Larger | None:
    """Walmart: ``?odnHeight=612&odnWidth=612``."""
    if not re.fullmatch(r"i\d\.walmartimages\.com", address.host):
        return None
    return Larger(address.without(_WALMART_SIZES))


def best_buy(address: Address) -> Larger | None:
    """Best Buy: ``name.jpg;maxHeight=640;maxWidth=550``."""
    if address.host != "pisces.bbystatic.com":
        return None
    return Larger(address.at(_BEST_BUY.sub("", address.path)))
