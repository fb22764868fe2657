"""The address of a page, as people and programs give it, in the one spelling that is crawled."""

from __future__ import annotations

import re
import socket
import unicodedata
from ipaddress import IPv6Address
from urllib.parse import SplitResult, unquote, urlsplit

import idna

from imagecrawler.errors import BadTarget

MAX_URL_LENGTH = 4_096
_MAX_HOST_LENGTH = 253

#: RFC 1123, and the underscores that Chromium takes.
_NAME = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")

#: The last label of what browsers read as an IPv4 address (WHATWG URL, "ends in a number").
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")

_DEFAULT_PORTS = {"http": 80, "https": 443}


def parse_url(url: str | None) -> str:
    """The address with its host as a browser spells it: in lower case, ASCII, ``127.0.0.1``.

    Path, query and fragment stay as they are. Raises BadTarget where it is none, is longer than
    MAX_URL_LENGTH, has control characters or credentials, or is neither http nor https.
    """
    text = (url or "").strip()
    if not text:
        raise BadTarget("url: missing; give the address of the page, such as https://example.com/p")
    if len(text) > MAX_URL_LENGTH:
        raise BadTarget(f"url: longer than {MAX_URL_LENGTH} characters")
    if any(each.isspace() or unicodedata.category(each) in ("Cc", "Cs") for each in text):
        raise BadTarget(f"url: {text!r} has spaces or control characters; percent-encode them")
    parts = _split(text)
    rest = text[len(f"{parts.scheme}://{parts.netloc}") :]
    return f"{parts.scheme}://{_authority(text, parts)}{rest}"


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise BadTarget(f"url: {text!r} is no address ({error})") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise BadTarget(f"url: {text!r} must begin with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise BadTarget("url: must not contain a user name or password")
    return parts


def _authority(text: str, parts: SplitResult) -> str:
    try:
        name = parts.hostname or ""
        host = _ipv6(name) if parts.netloc.startswith("[") else _host(name)
    except ValueError:
        raise BadTarget(f"url: {text!r} is no address of a page: check its host") from None
    if parts.port == 0:
        raise BadTarget(f"url: {text!r} has port 0; leave it out, or give the real one")
    is_usual = parts.port in (None, _DEFAULT_PORTS[parts.scheme])
    return host if is_usual else f"{host}:{parts.port}"


def _host(name: str) -> str:
    """By the WHATWG's host parser, and stricter where it is lenient. Raises ValueError."""
    name = unquote(name, errors="strict")
    if not name.isascii():
        name = idna.uts46_remap(name, std3_rules=False, transitional=False)
    labels = name.lower().removesuffix(".").split(".")
    ascii_name = ".".join(each if each.isascii() else _a_label(each) for each in labels)
    if len(ascii_name) > _MAX_HOST_LENGTH or not _NAME.fullmatch(ascii_name):
        raise ValueError(ascii_name)
    return _ipv4(ascii_name) if _NUMBER.fullmatch(ascii_name.split(".")[-1]) else ascii_name


def _a_label(label: str) -> str:
    return idna.alabel(label).decode("ascii")


def _ipv6(literal: str) -> str:
    if "%" in literal:  # an interface of the machine that asks
        raise ValueError(literal)
    return f"[{IPv6Address(literal)}]"


def _ipv4(name: str) -> str:
    try:
        return socket.inet_ntoa(socket.inet_aton(name))
    except OSError:
        raise ValueError(name) from None
