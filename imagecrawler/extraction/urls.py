"""Addresses as pages write them: resolved, told apart, recognised."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from imagecrawler.items import Version

# Servers refuse longer request lines (Apache LimitRequestLine 8190, nginx 8k buffers).
MAX_LENGTH = 8_000
# A page's addresses are looked at several times: before and after scrolling, by several rules.
MEMORY = 20_000
# Letters of those that are remembered, so that a page's inventions cannot fill the memory.
MEMORABLE = 1_000
_IGNORED_BY_URL_PARSERS = re.compile(r"[\t\n\r]")
# The path and special-query percent-encode sets of https://url.spec.whatwg.org, so that an
# attribute and what the browser reports of it come out alike.
_NOT_IN_PATH = re.compile(r"[\x00-\x20\"<>`{}^\x7f-\U0010ffff]")
_NOT_IN_QUERY = re.compile(r"[\x00-\x20\"<>'\x7f-\U0010ffff]")
_NOT_IN_HOST = re.compile(r"[\x00-\x20\"<>`{}^|\\%\x7f]")
# Addresses that need no work, which is most of them: parsing costs ten times this match.
_NORMAL = re.compile(
    r"https?://[a-z\d][a-z\d.-]*(?::[1-9]\d{0,3})?/(?!\S*/\.)[^\x00-\x20\"#'<>\\`{}^\x7f-\U0010ffff]*",
    re.ASCII,
)
_ORIGIN = re.compile(r"(https?:)//[a-z\d][a-z\d.-]*(?::[1-9]\d{0,3})?(?=[/?#]|$)", re.ASCII)
# A picture that is part of the page itself: the fragment is its digest (rendering/embedded.py).
_EMBEDDED = re.compile(r"https?://[^\s#]+#image-[0-9a-f]{32}")
_NO_PATH = re.compile(r"\s|^(?:data|blob):")
_IMAGE_PATH = re.compile(
    r"\.(?:jpe?g|jfif|png|webp|avif|gif)(?:$|[/,;:!@_])"
    r"|/is/image/|/image/(?:upload|fetch)/|/_next/image$",
    re.IGNORECASE,
)
_UNDECODABLE = frozenset(("svg", "jp2", "jxl"))
_STEM_SIZE = r"[-_.]?(?:\d+(?:x\d+)?)?(?:px)?"
_PLACEHOLDER_STEM = re.compile(
    r"(?:(?:img|image|lazy|product|default|gr[ea]y|white|black|empty|base64)[-_]?)*"
    r"(?:placeholder|blank|spacer|1x1|pixel|trans|transparent|clear|grey|gray|dot|empty|"
    r"(?:ajax[-_]?)?load(?:er|ing)|lazy(?:load)?|spinner|preload(?:er)?|no[-_]?(?:image|img|photo)|"
    r"(?:image|img)[-_]?not[-_]?(?:available|found)|coming[-_]?soon)" + _STEM_SIZE,
    re.IGNORECASE,
)


def resolve(address: str, base: str) -> str | None:
    """The absolute http(s) URL without fragment, or None where there is none to fetch.

    The address of a picture that is part of the page keeps its fragment.
    """
    if len(address) > 2 * MAX_LENGTH:
        return None
    return _remembered(address, base) if len(address) <= MEMORABLE else _resolve(address, base)


def _resolve(address: str, base: str) -> str | None:
    whole = _origin(base, address.startswith("//")) + address if address[:1] == "/" else address
    if len(whole) <= MAX_LENGTH and _NORMAL.fullmatch(whole):
        return whole
    if _EMBEDDED.fullmatch(address):
        return address
    path, mark, query = _IGNORED_BY_URL_PARSERS.sub("", address).strip().partition("?")
    text = path.replace("\\", "/") + mark + query
    return _normalised(text, base) if text and len(text) <= MAX_LENGTH else None


@lru_cache(64)
def _origin(base: str, only_scheme: bool) -> str:
    """What stands before an address that begins with a slash; empty where that is not simple."""
    match = _ORIGIN.match(base)
    return match.group(1 if only_scheme else 0) if match else ""


_remembered = lru_cache(MEMORY)(_resolve)


def _normalised(text: str, base: str) -> str | None:
    try:
        parts = urlsplit(urljoin(base, text))
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return None
    if not valid or _NOT_IN_HOST.search(parts.netloc):
        return None
    path = _NOT_IN_PATH.sub(_percent, parts.path)
    query = _NOT_IN_QUERY.sub(_percent, parts.query)
    return urlunsplit((parts.scheme, parts.netloc.lower(), path, query, ""))


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match.group().encode("utf-8", "replace"))


def resolved(addresses: Iterable[tuple[str, int]], base: str) -> tuple[Version, ...]:
    """Versions of the (address, width in pixels) pairs that can be fetched at all."""
    return tuple(
        [Version(url, width) for address, width in addresses if (url := resolve(address, base))]
    )


def identity(url: str) -> str:
    """What tells resolved addresses apart: everything but the scheme. Queries count."""
    return url.partition("://")[2]


def looks_like_image(address: str) -> bool:
    """Whether an address, absolute or relative, names a picture by its path.

    By a file extension, or by the paths of Scene7, Cloudinary and Next.js, which need none.
    White space makes it a text that speaks of a file.
    """
    path = address.partition("#")[0].partition("?")[0]
    return not _NO_PATH.search(path) and bool(_IMAGE_PATH.search(path))


def is_placeholder(url: str) -> bool:
    """Whether a file can only be a stand-in for another address of the same picture.

    By a name that lazy loaders use (``blank.gif``), or by a format that no photograph we keep
    comes in.
    """
    name = url.partition("?")[0].rpartition("/")[2]
    if "%" in name:
        name = unquote(name)
    stem, _, extension = name.rpartition(".")
    return extension.lower() in _UNDECODABLE or bool(_PLACEHOLDER_STEM.fullmatch(stem or name))
