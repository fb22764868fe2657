"""aiohttp's connections, made as the guard makes its own: to addresses that were checked."""

from __future__ import annotations

import socket
from ipaddress import ip_address

from aiohttp import AddrInfoType, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

from imagecrawler.egress.addresses import Address, destination
from imagecrawler.egress.dial import Dialler
from imagecrawler.egress.endpoint import Endpoint
from imagecrawler.egress.limits import Limits, Traffic

_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}


def checked_connector(dialler: Dialler, limits: Limits, traffic: Traffic) -> TCPConnector:
    """Every socket is checked before it is connected, those of address literals included.

    The look-up checks them too, for a name of which one address is forbidden is refused whole.
    """

    def checked_socket(info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, end = info
        dialler.check(destination(ip_address(end[0])), int(end[1]))
        traffic.connections += 1
        return socket.socket(family, kind, protocol)

    return TCPConnector(
        resolver=_Resolver(dialler), socket_factory=checked_socket, limit=limits.connections
    )


class _Resolver(AbstractResolver):
    def __init__(self, dialler: Dialler) -> None:
        self._dialler = dialler

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: int = socket.AF_UNSPEC,  # noqa: ARG002
    ) -> list[ResolveResult]:
        """Of either family. Raises EgressRefused or Failed."""
        addresses = await self._dialler.addresses(Endpoint(host, port))
        return [_result(host, address, port) for address in addresses]

    async def close(self) -> None:
        """Nothing is held."""


def _result(host: str, address: Address, port: int) -> ResolveResult:
    return ResolveResult(
        hostname=host,
        host=str(address),
        port=port,
        family=_FAMILIES[address.version],
        proto=0,
        # nothing on the way from the check to the socket may resolve again
        flags=socket.AI_NUMERICHOST,
    )
