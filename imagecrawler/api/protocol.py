"""HTTP/1.1 for clients that mean no good: who takes too long, or sends nonsense, is let go."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from imagecrawler.api.headers import SECURITY
from imagecrawler.api.problems import ProblemResponse

REQUEST_SECONDS: Final = 15.0
"""For the line and the headers of a request, from the connection or the answer before it."""

MAX_HEADERS: Final = 32 * 1024
"""Bytes of a request's line and headers after which no more is waited for: a token has 8 KiB."""

NOT_HTTP: Final = "This is no HTTP request, or its headers are too large."


class BoundedProtocol(H11Protocol):
    """Uvicorn waits for ever for a request that has begun, and answers nonsense in plain text."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Of asyncio."""
        super().connection_made(transport)
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Of asyncio."""
        self._stop_waiting()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """After each piece that has come."""
        super().handle_events()
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()

    def on_response_complete(self) -> None:
        """After an answer, also where not all of the request has come."""
        self._await_request()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """A problem document, and the end of the connection."""
        answer = ProblemResponse(400, NOT_HTTP, {**dict(SECURITY), "Connection": "close"})
        events: tuple[Any, ...] = (
            h11.Response(status_code=400, headers=answer.raw_headers, reason=b"Bad Request"),
            h11.Data(data=bytes(answer.body)),
            h11.EndOfMessage(),
        )
        for event in events:
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _await_request(self) -> None:
        self._stop_waiting()
        self._deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
