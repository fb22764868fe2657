"""Connections to the outside: resolve once, check every answer, dial what was checked."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator

from imagecrawler.egress.addresses import Address
from imagecrawler.egress.endpoint import Endpoint
from imagecrawler.egress.limits import Limits
from imagecrawler.egress.policy import EgressPolicy
from imagecrawler.egress.resolve import Resolver, resolve
from imagecrawler.egress.stream import CHUNK, Stream, stream_of
from imagecrawler.egress.upstream import Upstream
from imagecrawler.egress.verdict import Failed
from imagecrawler.errors import EgressRefused


class Dialler:
    """Makes the guard's outgoing connections. ``own_port`` is where the guard itself listens.

    What was checked is dialled, or an ``upstream`` proxy is told to.
    """

    def __init__(
        self,
        policy: EgressPolicy,
        resolver: Resolver,
        limits: Limits,
        own_port: int,
        upstream: Upstream | None = None,
    ) -> None:
        self._open = upstream.open if upstream else _open
        self._policy = policy
        self._resolver = resolver
        self._limits = limits
        self._own_port = own_port
        self._slots = asyncio.Semaphore(limits.connections)

    @contextlib.asynccontextmanager
    async def connection(self, endpoint: Endpoint) -> AsyncIterator[Stream]:
        """A fresh connection, closed on leaving.

        A name of which one address is forbidden is refused whole: no public site publishes
        private addresses, and with the others out of reach, or taken down by its owner, the
        forbidden one would be next. Raises EgressRefused or Failed.
        """
        async with self._slots:
            stream = await self._dial(endpoint)
            try:
                yield stream
            finally:
                stream.abort()

    async def addresses(self, endpoint: Endpoint) -> tuple[Address, ...]:
        """Where ``endpoint`` may be dialled, at least one. Raises EgressRefused or Failed."""
        try:
            async with asyncio.timeout(self._limits.connect_seconds):
                addresses = await resolve(endpoint.host, self._resolver)
        except TimeoutError:
            raise Failed("timeout", f"the look-up of {endpoint.host} took too long") from None
        for address in addresses:
            self.check(address, endpoint.port)
        return addresses

    async def _dial(self, endpoint: Endpoint) -> Stream:
        deadline = asyncio.get_running_loop().time() + self._limits.connect_seconds
        addresses = await self.addresses(endpoint)
        return await self._connect(addresses, endpoint.port, deadline)

    def check(self, address: Address, port: int) -> None:
        """Raises EgressRefused unless ``address``, as the kernel dials it, may be dialled."""
        if port == self._own_port and (address.is_loopback or address.is_unspecified):
            raise EgressRefused(f"port {port} is the egress guard itself")
        self._policy.check(address, port)

    async def _connect(self, addresses: tuple[Address, ...], port: int, deadline: float) -> Stream:
        """Try the addresses in turn; each gets an equal share of the time that is left."""
        failures = []
        for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            remaining = deadline - asyncio.get_running_loop().time()
            try:
                async with asyncio.timeout(remaining / left):
                    return await self._open(address, port)
            except TimeoutError:
                failures.append(Failed("timeout", f"{address} did not accept a connection in time"))
            except OSError as error:
                failures.append(Failed("unreachable", f"{address}: {reason(error)}"))
            except Failed as failure:
                failures.append(failure)
        raise failures[-1]


async def _open(address: Address, port: int) -> Stream:
    # AI_NUMERICHOST: nothing on the way from the check to the socket may resolve again.
    ends = await asyncio.open_connection(
        str(address), port, limit=CHUNK, flags=socket.AI_NUMERICHOST
    )
    return stream_of(*ends)


def reason(error: OSError) -> str:
    """In the system's words, which do not depend on who called it."""
    return os.strerror(error.errno) if error.errno else str(error)
