"""A guard on loopback, servers behind it, and clients that speak raw HTTP to it."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from ipaddress import ip_network

import pytest

from imagecrawler.egress import EgressGuard, EgressPolicy, Limits

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Hands every connection to ``handler`` and remembers how many there were."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.connections = 0
        self.heads: list[bytes] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await self.handler(reader, writer)
        writer.close()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(OK)
        await writer.drain()


class Client:
    """A guard and what a test says to it."""

    def __init__(self, guard: EgressGuard) -> None:
        self.guard = guard
        self.port = int(guard.url.rpartition(":")[2])

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def say(self, request: bytes) -> bytes:
        """Send ``request`` on a connection of its own and read until the guard closes it."""
        reader, writer = await self.open()
        writer.write(request)
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer

    async def get(self, url: str) -> bytes:
        return await self.say(f"GET {url} HTTP/1.1\r\nHost: ignored\r\n\r\n".encode())

    async def connect(
        self, authority: str
    ) -> tuple[bytes, asyncio.StreamReader, asyncio.StreamWriter]:
        """Ask for a tunnel; the answer's status line comes with its two ends."""
        reader, writer = await self.open()
        writer.write(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        return head.partition(b"\r\n")[0], reader, writer


@pytest.fixture(autouse=True)
def _no_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The guard logs an error only for a fault of its own."""
    yield
    assert [r.getMessage() for r in caplog.get_records("call") if r.levelname == "ERROR"] == []


@pytest.fixture
async def server() -> AsyncIterator[Callable[..., Awaitable[Server]]]:
    """Starts servers on 127.0.0.1; without a handler they answer 200 and keep the heads."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(
            handler: Handler | None = None, port: int = 0, tls: ssl.SSLContext | None = None
        ) -> Server:
            server = Server(handler or (lambda *ends: server.answer(*ends)))
            listener = await asyncio.start_server(server.serve, "127.0.0.1", port, ssl=tls)
            await stack.enter_async_context(listener)
            server.port = listener.sockets[0].getsockname()[1]
            return server

        yield start


@pytest.fixture
def say() -> Callable[[EgressGuard, bytes], Awaitable[bytes]]:
    """Sends a guard one request, and gives the answer."""
    return lambda guard, request: Client(guard).say(request)


@pytest.fixture
async def guarded() -> AsyncIterator[Callable[..., Awaitable[Client]]]:
    """Starts guards that let 127.0.0.0/8 through and know only the names they are given."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(
            names: dict[str, list[str]] | None = None, allow: str = "127.0.0.0/8", **limits: float
        ) -> Client:
            async def resolver(host: str) -> list[str]:
                if host not in (names or {}):
                    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
                return (names or {})[host]

            policy = EgressPolicy(allow=(ip_network(allow),))
            guard = EgressGuard(policy, resolver, Limits(**limits))
            await guard.start()
            stack.push_async_callback(guard.close)
            return Client(guard)

        yield start
