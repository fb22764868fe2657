"""What every request and every answer goes through."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY: Final = 64 * 1024
"""Bytes of a request's body; the longest valid one is an address of 4,096 characters."""

BODY_SECONDS: Final = 15
"""For a body to come as a whole: MAX_BODY at 35 kbit/s."""

SECURITY: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
"""Where a route says nothing else: nothing here is a page, and all of it is somebody's own."""

_FORM: Final = "application/x-www-form-urlencoded"


class SecurityHeaders:
    """Adds the headers of SECURITY that an answer does not have yet."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY:
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, secured)


class BodyLimit:
    """Answers 413 to bodies of more than MAX_BODY bytes, announced or not, 408 to slow ones."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received = 0
        due: float | None = asyncio.get_running_loop().time() + BODY_SECONDS

        async def limited() -> Message:
            nonlocal received, due
            try:
                async with asyncio.timeout_at(due):
                    message = await receive()
            except TimeoutError:
                detail = f"The body did not come within {BODY_SECONDS} seconds."
                raise HTTPException(408, detail, {"Connection": "close"}) from None
            if not message.get("more_body"):
                due = None  # what comes is the client's hanging up
            received += len(message.get("body", b""))
            if received > MAX_BODY:
                raise HTTPException(413, f"A request may have {MAX_BODY} bytes at most.")
            return message

        await self._app(scope, limited, send)


class JsonBodies:
    """Takes every body for JSON: ``curl -d`` calls it a form unless it is told otherwise.

    A browser cannot be tricked by that into a call: those want a header with a token.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        if scope["type"] == "http" and scope["method"] == "POST":
            headers = MutableHeaders(scope=scope)
            if headers.get("Content-Type", _FORM).startswith(_FORM):
                headers["Content-Type"] = "application/json"
        await self._app(scope, receive, send)
