"""What the guard and each connection through it may use."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from imagecrawler.egress.verdict import Failed


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one guard.

    connect_seconds: from the look-up of a name to an established connection.
    idle_seconds: without a byte in either direction, until a connection is cut.
    header_bytes: of a request's or response's head read without finding its end.
    connections: open to the outside at once; more wait for their turn.
    connection_bytes: relayed over one connection, both directions together.
    """

    connect_seconds: float = 10.0
    idle_seconds: float = 60.0
    header_bytes: int = 65_536
    connections: int = 512
    connection_bytes: int = 256 * 2**20


@dataclass(slots=True)
class Traffic:
    """What went through a guard so far: connections, and bytes that came from the far side."""

    connections: int = 0
    bytes_received: int = 0


class Meter:
    """Counts the bytes of one connection and holds it to its limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._left = limits.connection_bytes
        self._clock: asyncio.Timeout | None = None
        self.received = 0

    @contextlib.asynccontextmanager
    async def watch(self) -> AsyncIterator[asyncio.Timeout]:
        """Raise TimeoutError once no byte has been counted for ``idle_seconds``."""
        async with asyncio.timeout(self._limits.idle_seconds) as self._clock:
            yield self._clock

    def count_sent(self, size: int) -> None:
        """Account for bytes of the client."""
        self._left -= size
        if self._left < 0:
            limit = self._limits.connection_bytes
            raise Failed("refused", f"more than {limit:,} bytes over one connection")
        # An expired clock cannot be wound: its cancellation is already on the way.
        if self._clock and not self._clock.expired():
            now = asyncio.get_running_loop().time()
            self._clock.reschedule(now + self._limits.idle_seconds)

    def count_received(self, size: int) -> None:
        """Account for bytes of the far side."""
        self.received += size
        self.count_sent(size)
