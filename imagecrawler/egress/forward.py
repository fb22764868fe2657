"""Plain HTTP: one request to the server it names, one response back, both streamed."""

from __future__ import annotations

import contextlib

import h11

from imagecrawler.egress.endpoint import Endpoint
from imagecrawler.egress.stream import task_group
from imagecrawler.egress.verdict import Failed
from imagecrawler.egress.wire import Header, Wire

# RFC 9110, 7.6.1, and what proxies and their clients say to each other alone.
_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"upgrade",
    }
)
_FRAMING = frozenset({b"content-length", b"transfer-encoding"})
_CLOSE: Header = (b"Connection", b"close")


def outgoing(request: h11.Request, endpoint: Endpoint, path: str) -> h11.Request:
    """The client's request as the server gets it: origin form, and Host as in the URL."""
    host = (b"Host", endpoint.authority.encode())
    others = [header for header in end_to_end(request) if header[0].lower() != b"host"]
    return h11.Request(method=request.method, target=path, headers=[host, *others, _CLOSE])


def incoming(response: h11.Response) -> h11.Response:
    """The server's response as the client gets it: the last one on its connection."""
    headers = [*end_to_end(response), _CLOSE]
    return h11.Response(status_code=response.status_code, headers=headers, reason=response.reason)


def end_to_end(message: h11.Request | h11.Response) -> list[Header]:
    """The headers that travel on, spelt as they came."""
    dropped = _HOP_BY_HOP | (_named_by_connection(message) - _FRAMING)
    if any(name == b"transfer-encoding" for name, _ in message.headers):
        # RFC 9112, 6.3: beside it, a length is an attempt to smuggle a second message.
        dropped |= {b"content-length"}
    headers = message.headers.raw_items()
    return [(name, value) for name, value in headers if name.lower() not in dropped]


async def forward(request: h11.Request, client: Wire, server: Wire) -> None:
    """Send ``request`` with the body that the client is sending, and hand the response back.

    Raises Failed if the server gives no proper response; OSError or h11.RemoteProtocolError
    if the client leaves or breaks off.
    """
    async with task_group() as group:
        upload = group.create_task(_upload(request, client, server))
        await _download(client, server)
        upload.cancel()


async def _upload(request: h11.Request, client: Wire, server: Wire) -> None:
    await _offer(server, request)
    while isinstance(event := await client.receive(), h11.Data):
        await _offer(server, event)
    await _offer(server, h11.EndOfMessage())


async def _offer(server: Wire, event: h11.Event) -> None:
    # What has become of the server is for the download to find out, and to report.
    with contextlib.suppress(OSError):
        await server.send(event)


async def _download(client: Wire, server: Wire) -> None:
    while not isinstance(event := await _next(server), h11.EndOfMessage):
        if isinstance(event, h11.Response):
            await client.send(incoming(event))
        elif isinstance(event, h11.Data):
            await client.send(event)
        elif client.awaits_continue:
            await client.send(h11.InformationalResponse(status_code=100, headers=[]))
    await client.send(h11.EndOfMessage())


async def _next(server: Wire) -> h11.Event:
    try:
        return await server.receive()
    except (OSError, h11.RemoteProtocolError) as error:
        raise Failed("unreachable", "no complete HTTP response") from error


def _named_by_connection(message: h11.Request | h11.Response) -> frozenset[bytes]:
    values = [value for name, value in message.headers if name == b"connection"]
    return frozenset(token.strip().lower() for value in values for token in value.split(b","))
