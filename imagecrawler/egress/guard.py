"""The forward proxy through which the browser and the downloader reach the network."""

from __future__ import annotations

import asyncio
import logging
import socket
from functools import partial
from typing import TYPE_CHECKING

from imagecrawler.egress.dial import Dialler
from imagecrawler.egress.limits import Limits, Traffic
from imagecrawler.egress.policy import EgressPolicy
from imagecrawler.egress.resolve import Resolver, system_resolver
from imagecrawler.egress.session import Session
from imagecrawler.egress.stream import CHUNK, Stream, stream_of
from imagecrawler.egress.upstream import Upstream
from imagecrawler.egress.verdict import Ledger, Verdict

if TYPE_CHECKING:
    from imagecrawler.egress.fetch import Fetcher

logger = logging.getLogger("imagecrawler.egress")

_DEFAULT_LIMITS = Limits()


class EgressGuard:
    """An HTTP proxy on a loopback port of its own that reaches what its policy lets through.

    It listens from the moment it exists, so its URL can be handed out at once; connections
    wait until :meth:`start` and are refused by the kernel after :meth:`close`.

    A refused request is answered 403 with an ``X-Egress-Refused`` header, an unknown name or
    unreachable server 502, silence 504. HTTPS and WebSockets pass as CONNECT tunnels: a
    failure there shows to the client only as a failed connection, and :meth:`verdict_for`
    tells why.
    """

    def __init__(
        self,
        policy: EgressPolicy,
        resolver: Resolver = system_resolver,
        limits: Limits = _DEFAULT_LIMITS,
        upstream: Upstream | None = None,
    ) -> None:
        self._limits = limits
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._port: int = self._socket.getsockname()[1]
        self._dialler = Dialler(policy, resolver, limits, self._port, upstream)
        self._upstream = upstream
        self._ledger = Ledger()
        self._traffic = Traffic()
        self._server: asyncio.Server | None = None
        self._fetcher: Fetcher | None = None
        self._sessions: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def url(self) -> str:
        """What clients are given as their proxy."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def connections(self) -> int:
        """Made to the guard's port, or by a fetcher, so far."""
        return self._traffic.connections

    @property
    def bytes_received(self) -> int:
        """From the far side of all connections, so far."""
        return self._traffic.bytes_received

    @property
    def refused(self) -> int:
        """Requests refused so far."""
        return self._ledger.refused

    def verdict_for(self, url: str) -> Verdict | None:
        """Why the latest connection to the URL's host and port failed; None if it did not.

        The last 1,000 endpoints that failed are remembered.
        """
        return self._ledger.verdict_for(url)

    def fetcher(self) -> Fetcher:
        """HTTP of this process's own, under the same policy; closed with the guard.

        What an upstream proxy has to carry takes the way through the guard's port, where it is
        checked, judged and counted.
        """
        if self._fetcher is None:
            # not at the module's head: whoever only renders needs no HTTP client
            from imagecrawler.egress.fetch import Fetcher

            parts = self._dialler, self._ledger, self._limits, self._traffic
            behind = self._dialler, Ledger(), self._limits, Traffic(), self.url
            self._fetcher = Fetcher(*behind) if self._upstream else Fetcher(*parts)
        return self._fetcher

    async def start(self) -> None:
        """Begin to serve."""
        self._server = await asyncio.start_server(
            self._accept, sock=self._socket, limit=CHUNK, backlog=self._limits.connections
        )

    async def close(self) -> None:
        """Stop listening and cut every connection; nothing of the guard is left afterwards."""
        self._closed = True
        if self._server:
            self._server.close()
        self._socket.close()
        if self._fetcher:
            await self._fetcher.close()
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stream = stream_of(reader, writer)
        if self._closed:
            stream.abort()
            return
        self._traffic.connections += 1
        task = asyncio.get_running_loop().create_task(self._serve(stream))
        self._sessions.add(task)
        task.add_done_callback(partial(self._finished, stream))

    async def _serve(self, stream: Stream) -> None:
        session = Session(stream, self._dialler, self._ledger, self._limits)
        try:
            await session.run()
            await stream.linger()
        finally:
            self._traffic.bytes_received += session.meter.received

    def _finished(self, stream: Stream, task: asyncio.Task[None]) -> None:
        # Here and not in the task, which may be cancelled before it has begun.
        stream.abort()
        self._sessions.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("a connection ended in an error", exc_info=error)
