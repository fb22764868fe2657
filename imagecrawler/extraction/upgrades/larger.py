"""From the address that a page names to the largest of the same picture."""

from __future__ import annotations

import re
from functools import lru_cache
from math import log2

from imagecrawler.extraction.upgrades.address import CACHE_BUSTERS, Address, Larger, is_file
from imagecrawler.extraction.upgrades.platforms import platforms_of
from imagecrawler.extraction.upgrades.signed import is_signed
from imagecrawler.extraction.urls import identity, resolve

# A proxy's file may lie on a server that resizes as well, under a thumbnail's name. What is not
# settled by then is no address that a page needs.
_ROUNDS = 5
# Of a file; short numbers and words may choose a view.
_BUSTER = re.compile(
    rf"(?<=[?&])(?:(?:{'|'.join(sorted(CACHE_BUSTERS))})=)?"
    r"(?:\d{6,}|(?=[a-f]*\d)[0-9a-f]{8,}|\d+(?:\.\d+)+)(?:&|$)",
    re.IGNORECASE,
)
# A directory of its own, as resizing servers have it: of one shape they differ in size alone.
_SIZE = re.compile(r"(?<=/)([1-9]\d{1,3})x([1-9]\d{1,3})(?=/)")
# To an octave of width over height; the shapes of pictures (1:1, 5:4, 4:3, 3:2, 16:9) lie apart.
_SHAPES = 10
# Hosts of one platform that serve the same files: their end, their beginning, the one for all.
_SHARDS = tuple(
    (end, re.compile(pattern), first)
    for end, pattern, first in (
        ("amazon.com", r"(?:images-[a-z]{2}\.ssl-images|(?:g-)?ecx\.images)-", "m.media-"),
        (".ebayimg.com", r"i\d+(?=\.)", "i"),
        (".etsystatic.com", r"img\d(?=\.)", "i"),
        (".alicdn.com", r"ae\d\d(?=\.)", "ae01"),
        (".wp.com", r"i\d(?=\.)", "i0"),
        (".cloudinary.com", r"res-\d(?=\.)", "res"),
        (".bigcommerce.com", r"cdn\d*(?=\.)", "cdn"),
    )
)
_SHARDED = tuple(end for end, _, _ in _SHARDS)


@lru_cache(maxsize=4_096)
def larger_address(url: str) -> str | None:
    """The largest address of the picture at ``url``, absolute http(s); None where there is none.

    None, too, where ``url`` is that address, is signed, or is of no platform known. Of the same
    host, or of the one that a resizer's address names. That it exists and shows the same picture
    is to be verified.
    """
    larger, _ = _largest(url)
    address = resolve(larger, url)
    return address if address and identity(address) != identity(url) else None


def picture_key(url: str) -> str:
    """What tells pictures apart: equal only where the addresses are for certain of one picture.

    That is where they differ in what a platform's addresses say of size and format, in a
    cache-buster, in a directory named by its width and height, of one shape, in the protocol or
    in the shard of a host. A size within a file's name is not enough: people give names.
    """
    larger, certain = _largest(url)
    key = identity(_plain(larger) if certain else url)
    if _SIZE.search(key):
        place, mark, query = key.partition("?")
        key = _SIZE.sub(_shape, place, count=1) + mark + query
    host, slash, path = key.partition("/")
    return f"{_unsharded(host)}{slash}{path}" if host.endswith(_SHARDED) else key


def _shape(size: re.Match[str]) -> str:
    return f"shape {round(_SHAPES * log2(int(size[1]) / int(size[2])))}"


def _unsharded(host: str) -> str:
    for end, pattern, first in _SHARDS:
        if host.endswith(end) and (match := pattern.match(host)):
            return first + host[match.end() :]
    return host


def _plain(url: str) -> str:
    """Without cache-busters, where it is a file's."""
    path, mark, _ = url.partition("?")
    if not mark or not is_file(path):
        return url
    return _BUSTER.sub("", url).rstrip("?&")


def _largest(url: str) -> tuple[str, bool]:
    """The address, and whether that is certain; ``url`` where it is signed or of no platform."""
    larger, certain = url, True
    for _ in range(_ROUNDS):
        known = _known(larger)
        if known is None or (address := str(known.address)) == larger:
            break
        larger, certain = address, certain and known.certain
    else:
        return url, False
    return (url, False) if larger != url and is_signed(url) else (larger, certain)


def _known(url: str) -> Larger | None:
    address = None
    for platform in platforms_of(url):
        address = address or Address.parse(url)
        if known := platform(address):
            return known
    return None
