import asyncio
import hashlib
import random

import pytest

BODY = random.Random(1).randbytes(3 * 2**20)


async def read_body(reader: asyncio.StreamReader) -> bytes:
    """A chunked body."""
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    return body


def split(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(status.split()[1]), headers, body


async def test_the_server_gets_the_request_in_origin_form_with_the_host_of_the_url(guarded, server):
    shop = await server()
    client = await guarded({"shop.test": ["127.0.0.1"]})

    answer = await client.say(
        b"GET http://Shop.test:%d/a%%20b?c=d#e HTTP/1.1\r\n"
        b"Host: other.test\r\n"
        b"Accept: image/avif\r\n"
        b"X-CamelCase: kept\r\n"
        b"Connection: keep-alive, X-Private\r\n"
        b"X-Private: 1\r\n"
        b"Proxy-Connection: keep-alive\r\n"
        b"Proxy-Authorization: Basic c2VjcmV0\r\n"
        b"Upgrade: websocket\r\n"
        b"TE: trailers\r\n\r\n" % shop.port
    )

    assert split(answer) == (200, {"content-length": "2", "connection": "close"}, b"ok")
    assert shop.heads[0].decode() == (
        "GET /a%20b?c=d HTTP/1.1\r\n"
        f"Host: shop.test:{shop.port}\r\n"
        "Accept: image/avif\r\n"
        "X-CamelCase: kept\r\n"
        "Connection: close\r\n\r\n"
    )


async def test_a_large_response_arrives_whole(guarded, server):
    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY)
        await writer.drain()

    shop = await server(handler)
    client = await guarded()

    status, _, body = split(await client.get(f"http://127.0.0.1:{shop.port}/"))

    assert status == 200
    assert hashlib.sha256(body).digest() == hashlib.sha256(BODY).digest()
    assert client.guard.connections == 1


@pytest.mark.parametrize(
    ("head", "sent"),
    [
        (b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", b"5\r\nhello\r\n0\r\n\r\n"),
        (b"", b"hello"),
    ],
    ids=["chunked", "until the connection ends"],
)
async def test_a_response_of_unknown_length_is_chunked(guarded, server, head: bytes, sent: bytes):
    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + sent)

    shop = await server(handler)
    client = await guarded()

    _, headers, body = split(await client.get(f"http://127.0.0.1:{shop.port}/"))

    assert headers == {"transfer-encoding": "chunked", "connection": "close"}
    assert body == b"5\r\nhello\r\n0\r\n\r\n"


async def test_hop_by_hop_headers_of_a_response_stay_behind(guarded, server):
    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 404 Nowhere\r\nConnection: Keep-Alive, X-Hop\r\nKeep-Alive: timeout=5\r\n"
            b"X-Hop: 1\r\nProxy-Authenticate: Basic\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
            b"Content-Length: 0\r\n\r\n"
        )

    shop = await server(handler)
    client = await guarded()

    answer = await client.get(f"http://127.0.0.1:{shop.port}/")

    assert answer == (
        b"HTTP/1.1 404 Nowhere\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
        b"Content-Length: 0\r\nConnection: close\r\n\r\n"
    )


async def test_head_has_headers_only(guarded, server):
    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n")

    shop = await server(handler)
    client = await guarded()

    answer = await client.say(b"HEAD http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n\r\n" % shop.port)

    assert split(answer) == (200, {"content-length": "1234", "connection": "close"}, b"")


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_large_upload_arrives_whole(guarded, server, chunked: bool):
    received = []

    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        received.append(await read_body(reader) if chunked else await reader.readexactly(len(BODY)))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    shop = await server(handler)
    client = await guarded()
    framing = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(BODY)
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY) if chunked else BODY

    answer = await client.say(
        b"POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\n%b\r\n\r\n%b"
        % (shop.port, framing, body)
    )

    assert split(answer)[0] == 204
    assert received == [BODY]


async def test_a_second_length_does_not_smuggle_a_second_request(guarded, server):
    shop = await server()
    client = await guarded()

    await client.say(
        b"POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n"
        b"Transfer-Encoding: chunked\r\nConnection: Transfer-Encoding\r\n\r\n0\r\n\r\n"
        b"GET /smuggled HTTP/1.1\r\n\r\n" % shop.port
    )

    assert b"transfer-encoding: chunked" in shop.heads[0].lower()
    assert b"content-length" not in shop.heads[0].lower()
    assert len(shop.heads) == 1


async def test_a_body_that_waits_for_100_continue_is_called_for(guarded, server):
    async def handler(reader, writer):
        assert b"Expect: 100-continue" in await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await reader.readexactly(5)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + body)

    shop = await server(handler)
    client = await guarded()
    reader, writer = await client.open()
    writer.write(
        b"PUT http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
        b"Expect: 100-continue\r\n\r\n" % shop.port
    )

    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
    writer.write(b"hello")
    assert split(await reader.read())[2] == b"hello"
    writer.close()


async def test_a_server_may_answer_without_reading_the_upload(guarded, server):
    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.write_eof()
        await reader.read()

    shop = await server(handler)
    client = await guarded()

    answer = await client.say(
        b"POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%b"
        % (shop.port, 2 * len(BODY), BODY)
    )

    assert split(answer)[0] == 413


async def test_a_server_that_resets_during_the_upload_is_unreachable(guarded, server):
    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()

    shop = await server(handler)
    client = await guarded()
    url = f"http://127.0.0.1:{shop.port}/"

    answer = await client.say(
        b"POST %b HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%b"
        % (url.encode(), len(BODY), BODY)
    )

    assert split(answer)[0] == 502
    assert client.guard.verdict_for(url).kind == "unreachable"


async def test_a_second_request_on_the_connection_reaches_nobody(guarded, server):
    shop, other = await server(), await server()
    client = await guarded()

    answer = await client.say(
        b"GET http://127.0.0.1:%d/first HTTP/1.1\r\nHost: a\r\n\r\n"
        b"GET http://127.0.0.1:%d/second HTTP/1.1\r\nHost: a\r\n\r\n" % (shop.port, other.port)
    )

    assert answer.count(b"HTTP/1.1") == 1
    assert (shop.connections, other.connections) == (1, 0)
    assert len(shop.heads) == 1


async def test_every_request_has_a_connection_of_its_own(guarded, server):
    shop = await server()
    client = await guarded()

    answers = await asyncio.gather(
        *(client.get(f"http://127.0.0.1:{shop.port}/{n}") for n in range(20))
    )

    assert [split(answer)[2] for answer in answers] == [b"ok"] * 20
    assert shop.connections == client.guard.connections == 20


async def test_a_response_that_breaks_off_is_not_completed(guarded, server):
    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")

    shop = await server(handler)
    client = await guarded()
    url = f"http://127.0.0.1:{shop.port}/"

    answer = await client.get(url)

    assert answer.endswith(b"hel\r\n")
    assert client.guard.verdict_for(url).kind == "unreachable"


async def test_a_client_that_leaves_frees_the_server(guarded, server):
    left = asyncio.Event()

    async def handler(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        await reader.read()
        left.set()

    shop = await server(handler)
    client = await guarded()
    _, writer = await client.open()
    writer.write(
        b"POST http://127.0.0.1:%d/ HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf"
        % shop.port
    )
    writer.close()

    await asyncio.wait_for(left.wait(), 5)
    assert client.guard.verdict_for(f"http://127.0.0.1:{shop.port}/") is None
