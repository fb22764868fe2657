"""A TCP connection as a pair of asyncio streams."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import NamedTuple

CHUNK = 65_536
LINGER_SECONDS = 2.0


class Stream(NamedTuple):
    """The reading and the writing end of one connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def write(self, data: bytes) -> None:
        """Hand ``data`` to the kernel, waiting while the peer does not read."""
        self.writer.write(data)
        await self.writer.drain()

    async def linger(self) -> None:
        """Say that nothing follows, then wait for the peer to close (RFC 9112, 9.6).

        Closed with unread bytes in its buffer, a socket sends a reset, which can overtake the
        answer to a request whose body was refused.
        """
        # A peer that is gone or too slow has had its chance; the caller aborts.
        with contextlib.suppress(OSError):
            async with asyncio.timeout(LINGER_SECONDS):
                self.writer.write_eof()
                while await self.reader.read(CHUNK):
                    pass

    def abort(self) -> None:
        """Close at once."""
        self.writer.transport.abort()


def stream_of(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Stream:
    """Pair the ends. ``drain`` returns only when the kernel has everything: abort loses nothing."""
    writer.transport.set_write_buffer_limits(high=0)
    return Stream(reader, writer)


@contextlib.asynccontextmanager
async def task_group() -> AsyncIterator[asyncio.TaskGroup]:
    """A TaskGroup that raises the first error of its tasks itself, not wrapped in a group."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
