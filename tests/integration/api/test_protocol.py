"""What comes over a real connection, byte by byte."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import uvicorn
from fastapi import FastAPI
from uvicorn.server import ServerState

from imagecrawler.api import headers, protocol
from imagecrawler.api.headers import MAX_BODY, SECURITY
from imagecrawler.api.protocol import MAX_HEADERS, BoundedProtocol
from imagecrawler.db.campaigns import Campaign

SCRAPE = "/api/intelligence/product-images/scrape"
Ask = Callable[[bytes], Awaitable[bytes]]


@pytest.fixture
async def port(app: FastAPI) -> AsyncIterator[int]:
    config = uvicorn.Config(
        app,
        log_config=None,
        http=BoundedProtocol,
        ws="none",
        h11_max_incomplete_event_size=MAX_HEADERS,
    )
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: BoundedProtocol(config, state, {}), "127.0.0.1", 0
    )
    yield server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


@pytest.fixture
def ask(port: int) -> Ask:
    """Sends the bytes and reads until the server hangs up."""

    async def send(request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        answer = await reader.read()
        writer.close()
        return answer

    return send


def _problem(answer: bytes, status: int) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0].split()[1] == str(status)
    named = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
    assert named["content-type"] == "application/problem+json"
    assert {name.lower(): value for name, value in SECURITY}.items() <= named.items()
    assert "server" not in named
    assert json.loads(body)["status"] == status


@pytest.mark.parametrize(
    "request_",
    [
        b"hello\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: ".ljust(MAX_HEADERS + 1, b"a"),
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
async def test_what_is_no_request_is_answered_by_a_problem(ask: Ask, request_: bytes) -> None:
    _problem(await ask(request_), 400)


@pytest.mark.parametrize("begun", [b"", b"GET / HT", b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: "])
async def test_a_request_that_does_not_come_is_not_waited_for(
    ask: Ask, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "REQUEST_SECONDS", 0.2)
    assert await ask(begun) == b""


async def test_a_connection_is_for_many_requests_but_not_for_ever(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "REQUEST_SECONDS", 0.5)
    request = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    answer = await ask(request + request + b"GET /he")
    assert answer.count(b"HTTP/1.1 200 OK") == 2


def _post(headers_: dict[str, str], extra: str, body: bytes) -> bytes:
    named = "".join(f"{name}: {value}\r\n" for name, value in headers_.items())
    return f"POST {SCRAPE} HTTP/1.1\r\nHost: a\r\n{named}{extra}\r\n".encode() + body


async def test_a_body_that_does_not_come_is_a_408(
    ask: Ask, bearer: Callable[..., dict[str, str]], campaign: Campaign,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(headers, "BODY_SECONDS", 0.2)
    request = _post(bearer(campaign.user_id), "Content-Length: 100\r\n", b'{"campaign_id"')
    _problem(await ask(request), 408)


async def test_a_body_in_chunks_that_grows_too_large_is_a_413(
    ask: Ask, bearer: Callable[..., dict[str, str]], campaign: Campaign,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(protocol, "REQUEST_SECONDS", 0.5)
    chunk = b"1000\r\n" + b" " * 0x1000 + b"\r\n"
    body = chunk * (MAX_BODY // 0x1000 + 1)
    request = _post(bearer(campaign.user_id), "Transfer-Encoding: chunked\r\n", body)
    _problem(await ask(request), 413)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("OPTIONS", SCRAPE, 405),
        ("TRACE", "/healthz", 405),
        ("BREW", SCRAPE, 405),
        ("CONNECT", "127.0.0.1:5432", 404),
        ("GET", "http://127.0.0.1:5432/", 404),
        ("GET", "/..%2f..%2fetc/passwd", 404),
        ("GET", "/<script>alert(1)</script>", 404),
    ],
)
async def test_odd_methods_and_targets(ask: Ask, method: str, path: str, status: int) -> None:
    request = f"{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()
    answer = await ask(request)
    _problem(answer, status)
    assert b"<script>" not in answer


async def test_no_protocol_is_switched_to(ask: Ask) -> None:
    upgrade = "Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n"
    answer = await ask(f"GET /healthz HTTP/1.1\r\nHost: a\r\n{upgrade}\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 200 OK")


async def test_a_head_has_no_body(ask: Ask) -> None:
    answer = await ask(b"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"\r\n\r\n")
