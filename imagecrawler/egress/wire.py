"""HTTP/1.1 messages over a stream: h11's state machine with the reading and writing added."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import h11

from imagecrawler.egress.stream import CHUNK, Stream

Header: TypeAlias = tuple[bytes, bytes]


class Wire:
    """One end of an HTTP/1.1 connection; ``count`` is told the size of whatever is read."""

    def __init__(self, state: h11.Connection, stream: Stream, count: Callable[[int], None]) -> None:
        self._state = state
        self._count = count
        self.stream = stream

    async def receive(self) -> h11.Event:
        """The peer's next event.

        Raises h11.RemoteProtocolError for what is not HTTP, and for too large a head.
        """
        while (event := self._state.next_event()) is h11.NEED_DATA:
            data = await self.stream.reader.read(CHUNK)
            self._count(len(data))
            self._state.receive_data(data)
        if not isinstance(event, h11.Event):
            raise h11.RemoteProtocolError("a message out of turn")
        return event

    async def send(self, event: h11.Event) -> None:
        """Write one event."""
        if data := self._state.send(event):
            await self.stream.write(data)

    async def answer(self, status: int, text: str, *headers: Header, bodiless: bool) -> None:
        """Send a response of one line of text, unless another response has begun."""
        if self._state.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        body = f"{text}\n".encode()
        plain = [
            (b"Content-Type", b"text/plain; charset=utf-8"),
            (b"Content-Length", b"%d" % len(body)),
            (b"Connection", b"close"),
        ]
        await self.send(h11.Response(status_code=status, headers=[*plain, *headers]))
        if not bodiless:
            await self.send(h11.Data(body))

    @property
    def awaits_continue(self) -> bool:
        """Whether the peer holds its body back until a 100 (Continue)."""
        return self._state.they_are_waiting_for_100_continue

    @property
    def unread(self) -> bytes:
        """What arrived after the end of the last message."""
        return self._state.trailing_data[0]
