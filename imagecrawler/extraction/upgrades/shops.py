"""Shop systems and site builders."""

from __future__ import annotations

import re

from imagecrawler.extraction.upgrades.address import SIDE, Address, Larger

_SHOPIFY_PATH = re.compile(r"/cdn/shop/(?:files|products|articles|collections|t)/")
_SHOPIFY_SUFFIX = re.compile(
    r"_(?:\d{1,4}x\d{0,4}|x\d{1,4}|pico|icon|compact|grande)(?:_crop_[a-z]+)?(?:@[23]x)?"
    r"(?:\.progressive)?(?=\.\w{3,4}$)"
)
_SHOPIFY_SIZES = frozenset(("width", "height", "crop", "pad_color", "quality", "format"))
_WORDPRESS = re.compile(r"(/wp-content/uploads/.+)-\d{2,4}x\d{2,4}(\.(?:jpe?g|png|webp|avif|gif))$")
_PHOTON_SIZES = frozenset(("w", "h", "resize", "fit", "crop", "quality", "zoom", "lb", "strip"))
_MAGENTO = re.compile(
    r"(/catalog/product)/cache/(?:\d+/)?(?:[a-z_]+/)?(?:\d*x\d*/)?[0-9a-f]{32}(/./././?|/././|/)"
)
_MAGENTO_SIZES = frozenset(
    (
        *("width", "height", "quality", "optimize", "fit", "bg-color", "canvas", "dpr", "format"),
        *("store", "image-type", "auto"),
    )
)
_WIX = re.compile(r"(/media/[^/]+)/v1/(fill|fit)/[^/]+/[^/]+")
_STENCIL = re.compile(
    r"(/images/stencil/)(?:\d+x\d+|\d+w|\{:size\}|%7B:size%7D)(?=/)", re.IGNORECASE
)
_DEMANDWARE_SIZES = frozenset(("sw", "sh", "sm", "q", "sfrm", "strip", "bgcolor"))
_DEMANDWARE_CROP = frozenset(("cx", "cy", "cw", "ch"))
_PRESTASHOP = re.compile(
    r"(/\d+)-[a-z]+(?:_default)(?:_?[23]x)?(?=/[^/]+\.(?:jpe?g|webp|png|avif)$)"
)
_OPENCART = re.compile(r"/image/cache/(.+)-\d{2,4}x\d{2,4}(?:[a-z_]{0,8})(\.\w{3,4})$")
_SHOPWARE = re.compile(r"/thumbnail/((?:[0-9a-f]{2}/){3}.+)_\d{2,4}x\d{2,4}(\.\w{3,4})$")


def shopify(address: Address) -> Larger | None:
    """Shopify: ``name_800x.jpg`` and ``?width=800``, neither of which enlarges.

    The words ``small``, ``medium`` and ``large`` are left: products are called so, too.
    """
    if address.host != "cdn.shopify.com" and not _SHOPIFY_PATH.search(address.path):
        return None
    plain = address.at(_SHOPIFY_SUFFIX.sub("", address.path)).without(_SHOPIFY_SIZES)
    return Larger(plain.asking(f"width={SIDE}"))


def wordpress(address: Address) -> Larger | None:
    """WordPress and WooCommerce: ``-300x300.jpg`` below the uploads is made from the file."""
    path, count = _WORDPRESS.subn(r"\1\2", address.path)
    return Larger(address.at(path), certain=False) if count else None


def photon(address: Address) -> Larger | None:
    """Jetpack's and WordPress.com's servers: ``i0.wp.com/…?resize=300,300``."""
    if not re.fullmatch(r"i\d\.wp\.com|.+\.files\.wordpress\.com", address.host):
        return None
    whole = address.without(_PHOTON_SIZES)
    # The file's own name may be that of a thumbnail, which is WordPress's matter.
    return Larger(whole) if whole != address else None


def magento(address: Address) -> Larger | None:
    """Magento: what lies in the cache is made from the file beside it."""
    match = _MAGENTO.search(address.path)
    if not match:
        return None
    path = address.path[: match.start()] + match[1] + match[2] + address.path[match.end() :]
    return Larger(address.at(path).without(_MAGENTO_SIZES))


def wix(address: Address) -> Larger | None:
    """Wix: ``/media/ID/v1/fill/w_400,h_400/name.jpg`` is made from ``/media/ID``."""
    if address.host != "static.wixstatic.com":
        return None
    match = _WIX.fullmatch(address.path)
    return Larger(address.at(match[1]) if match else address)


def squarespace(address: Address) -> Larger | None:
    """Squarespace: 2500 px are the widest of its ``format``."""
    if address.host not in ("images.squarespace-cdn.com", "static1.squarespace.com"):
        return None
    return Larger(address.without(("format",)).asking("format=2500w"))


def bigcommerce(address: Address) -> Larger | None:
    """BigCommerce: ``/images/stencil/500x659/…``, with ``original`` for the size."""
    path, count = _STENCIL.subn(r"\1original", address.path)
    return Larger(address.at(path)) if count or "/images/stencil/original/" in path else None


def demandware(address: Address) -> Larger | None:
    """Salesforce Commerce Cloud: ``/dw/image/v2/…?sw=400&sh=400``; a crop is left alone."""
    if "/dw/image/v2/" not in address.path or _DEMANDWARE_CROP.intersection(address.names):
        return None
    return Larger(address.without(_DEMANDWARE_SIZES))


def prestashop(address: Address) -> Larger | None:
    """PrestaShop: ``/123-home_default/name.jpg`` is made from ``/123/name.jpg``."""
    path, count = _PRESTASHOP.subn(r"\1", address.path)
    return Larger(address.at(path)) if count else None


def opencart(address: Address) -> Larger | None:
    """OpenCart: ``/image/cache/…-500x500.jpg`` is made from ``/image/….jpg``."""
    path, count = _OPENCART.subn(r"/image/\1\2", address.path)
    return Larger(address.at(path), certain=False) if count else None


def shopware(address: Address) -> Larger | None:
    """Shopware 6: ``/thumbnail/…_800x800.jpg`` is made from ``/media/….jpg``."""
    path, count = _SHOPWARE.subn(r"/media/\1\2", address.path)
    return Larger(address.at(path), certain=False) if count else None
