"""A proxy of the operator's that stands between the guard and the network."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit

from imagecrawler.config import Config
from imagecrawler.egress.addresses import Address
from imagecrawler.egress.stream import CHUNK, Stream, stream_of
from imagecrawler.egress.verdict import Failed


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where it listens, and what it is told of who asks (empty: nothing)."""

    host: str
    port: int
    credentials: bytes = field(default=b"", repr=False)

    @classmethod
    def from_config(cls, config: Config) -> Self | None:
        """None where none is configured."""
        parts = urlsplit(config.egress_upstream.get_secret_value())
        if not parts.hostname:
            return None
        pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        return cls(
            parts.hostname,
            parts.port or 80,
            b64encode(pair.encode()) if parts.username else b"",
        )

    async def open(self, address: Address, port: int) -> Stream:
        """A tunnel to the address that was checked: the proxy has no name to resolve again.

        Raises OSError where it cannot be reached, and Failed where it refuses.
        """
        ends = await asyncio.open_connection(self.host, self.port, limit=CHUNK)
        stream = stream_of(*ends)
        try:
            await stream.write(self._request(address, port))
            status = (await stream.reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1:2]
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            stream.abort()
            raise Failed("unreachable", "the upstream proxy gives no answer") from None
        except BaseException:
            stream.abort()
            raise
        if not status or not status[0].startswith(b"2"):
            stream.abort()
            told = status[0].decode("ascii", "replace") if status else "nonsense"
            raise Failed("unreachable", f"the upstream proxy answers {told}")
        return stream

    def _request(self, address: Address, port: int) -> bytes:
        target = f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"
        head = f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n".encode()
        who = b"Proxy-Authorization: Basic " + self.credentials + b"\r\n"
        return head + (who if self.credentials else b"") + b"\r\n"
