import asyncio
import socket

import pytest


async def hold(reader, writer):
    await reader.read()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


async def test_an_unknown_name(guarded):
    client = await guarded()

    answer = await client.get("http://nowhere.test/")

    assert answer.startswith(b"HTTP/1.1 502 ")
    assert b"X-Egress-Refused" not in answer
    assert client.guard.verdict_for("http://nowhere.test/").kind == "unresolvable"
    assert client.guard.refused == 0


async def test_a_port_where_nobody_listens(guarded):
    client = await guarded()
    url = f"http://127.0.0.1:{closed_port()}/"

    answer = await client.get(url)

    assert answer.startswith(b"HTTP/1.1 502 ")
    assert client.guard.verdict_for(url).kind == "unreachable"
    assert client.guard.verdict_for(url).detail == "127.0.0.1: Connection refused"


async def test_a_tunnel_that_cannot_be_made(guarded):
    client = await guarded()
    port = closed_port()

    status, _, writer = await client.connect(f"127.0.0.1:{port}")
    writer.close()

    assert status.startswith(b"HTTP/1.1 502 ")
    assert client.guard.verdict_for(f"https://127.0.0.1:{port}/").kind == "unreachable"


async def test_a_silent_server_times_out(guarded, server):
    far = await server(hold)
    client = await guarded(idle_seconds=0.2)
    url = f"http://127.0.0.1:{far.port}/"

    answer = await client.get(url)

    assert answer.startswith(b"HTTP/1.1 504 ")
    assert client.guard.verdict_for(url).kind == "timeout"


async def test_a_server_that_goes_on_sending_does_not_time_out(guarded, server):
    async def drip(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
        for _ in range(4):
            await asyncio.sleep(0.3)
            writer.write(b"x")

    far = await server(drip)
    client = await guarded(idle_seconds=1)

    answer = await client.get(f"http://127.0.0.1:{far.port}/")

    assert answer.endswith(b"xxxx")


async def test_an_idle_tunnel_is_cut_without_a_verdict(guarded, server):
    async def greet_and_hold(reader, writer):
        writer.write(b"hello")
        await hold(reader, writer)

    far = await server(greet_and_hold)
    client = await guarded(idle_seconds=0.2)

    _, reader, writer = await client.connect(f"127.0.0.1:{far.port}")

    assert await reader.read() == b"hello"
    assert client.guard.verdict_for(f"https://127.0.0.1:{far.port}/") is None
    writer.close()


async def test_a_tunnel_in_which_the_server_never_speaks_timed_out(guarded, server):
    far = await server(hold)
    client = await guarded(idle_seconds=0.2)

    _, reader, writer = await client.connect(f"127.0.0.1:{far.port}")

    assert await reader.read() == b""
    assert client.guard.verdict_for(f"https://127.0.0.1:{far.port}/").kind == "timeout"
    writer.close()


async def test_a_client_that_says_nothing_is_cut(guarded):
    client = await guarded(idle_seconds=0.1)

    assert await client.say(b"GET http://shop.t") == b""


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET http://127.0.0.1/ HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 9_000, b"431"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET http://127.0.0.1/ HTTP/1.1\r\n\r\n", b"400"),
        (b"GET http://127.0.0.1/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"400"),
        (b"POST http://127.0.0.1/ HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST http://127.0.0.1/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", b"501"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
    ],
)
async def test_malformed_requests(guarded, request_: bytes, status: bytes):
    client = await guarded(header_bytes=8_192)

    answer = await client.say(request_)

    assert answer.split()[1] == status


@pytest.mark.parametrize(
    "response",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ],
    ids=["none", "not HTTP", "contradictory", "unasked upgrade"],
)
async def test_malformed_responses(guarded, server, response: bytes):
    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(response)

    far = await server(handler)
    client = await guarded(header_bytes=8_192)
    url = f"http://127.0.0.1:{far.port}/"

    answer = await client.get(url)

    assert answer.startswith(b"HTTP/1.1 502 ")
    assert client.guard.verdict_for(url).kind == "unreachable"


async def test_a_response_head_without_end(guarded, server):
    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while not writer.is_closing():
            writer.write(b"X: " + b"x" * 1_000 + b"\r\n")
            await writer.drain()

    far = await server(handler)
    client = await guarded(header_bytes=8_192)

    answer = await client.get(f"http://127.0.0.1:{far.port}/")
    await client.guard.close()

    assert answer.startswith(b"HTTP/1.1 502 ")
    assert client.guard.bytes_received < 200_000


@pytest.mark.parametrize("method", ["GET", "CONNECT"])
async def test_a_connection_is_cut_above_the_byte_limit(guarded, server, method: str):
    async def flood(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"400\r\n" + b"x" * 0x400 + b"\r\n")
            await writer.drain()

    far = await server(flood)
    client = await guarded(connection_bytes=100_000)
    if method == "GET":
        answer = await client.get(f"http://127.0.0.1:{far.port}/")
    else:
        _, reader, writer = await client.connect(f"127.0.0.1:{far.port}")
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        answer = await reader.read()
        writer.close()

    verdict = client.guard.verdict_for(f"http://127.0.0.1:{far.port}/")
    assert len(answer) < 110_000
    assert (verdict.kind, verdict.detail) == (
        "refused",
        "more than 100,000 bytes over one connection",
    )


async def test_a_later_success_clears_the_verdict(guarded, server):
    names: dict[str, list[str]] = {}
    far = await server()
    client = await guarded(names)
    url = f"http://late.test:{far.port}/"

    await client.get(url)
    before = client.guard.verdict_for(url)
    names["late.test"] = ["127.0.0.1"]
    await client.get(url)

    assert before.kind == "unresolvable"
    assert client.guard.verdict_for(url) is None
