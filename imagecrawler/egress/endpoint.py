"""Hosts and ports as requests and URLs spell them."""

from __future__ import annotations

import re
import socket
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple, Self
from urllib.parse import unquote, urlsplit

from imagecrawler.errors import EgressRefused

# Strict on purpose: no user information, no percent signs, no scopes, nothing outside ASCII.
_AUTHORITY = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]{1,255}))(?::([0-9]{1,5}))?", re.I)
_ABSOLUTE_FORM = re.compile(r"http://([^/?#]*)([^#]*)", re.I)
_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


class Endpoint(NamedTuple):
    """A name or IP literal (without brackets), in lower case, and a port from 1 to 65535."""

    host: str
    port: int

    @classmethod
    def parse(cls, authority: str, default_port: int | None = None) -> Self:
        """Read ``host``, ``host:port`` or ``[address]:port``.

        Raises EgressRefused for everything else, user information included.
        """
        match = _AUTHORITY.fullmatch(authority)
        if not match:
            raise EgressRefused("not a host and port")
        literal, name, digits = match.groups()
        port = int(digits) if digits else default_port
        if port is None or not 0 < port < 65_536:
            raise EgressRefused("not a host and port")
        return cls(_ipv6(literal) if literal else name.lower(), port)

    @classmethod
    def of_url(cls, url: str) -> Self | None:
        """Where a browser would go for ``url``; None if that cannot be told."""
        try:
            parts = urlsplit(url)
            port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
            host = unquote(parts.hostname or "").encode("idna").decode("ascii")
        except ValueError:
            return None
        return cls(host, port) if host and port else None

    @property
    def authority(self) -> str:
        """``host:port`` as it stands in a Host header; port 80, HTTP's default, is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == 80 else f"{host}:{self.port}"

    @property
    def key(self) -> tuple[str, int]:
        """The same for all spellings of a host; browsers rewrite ``0x7f.1`` to ``127.0.0.1``."""
        return _canonical(self.host.rstrip(".")), self.port

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_absolute_form(target: str) -> tuple[Endpoint, str]:
    """Split a plain HTTP proxy request's target into the endpoint and the path with its query.

    Raises EgressRefused for other schemes and for a target without a host.
    """
    match = _ABSOLUTE_FORM.fullmatch(target.partition("#")[0])
    if not match:
        raise EgressRefused("not a proxy request: the target is no absolute http URL")
    path = match[2] if match[2].startswith("/") else f"/{match[2]}"
    return Endpoint.parse(match[1], default_port=80), path


def _ipv6(literal: str) -> str:
    try:
        return str(IPv6Address(literal))
    except ValueError:
        raise EgressRefused("not an IPv6 address in brackets") from None


def _canonical(host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, ValueError):
        return host
