import asyncio
import random

DATA = random.Random(2).randbytes(2 * 2**20)


async def echo(reader, writer):
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()


async def test_bytes_pass_both_ways(guarded, server):
    far = await server(echo)
    client = await guarded({"shop.test": ["127.0.0.1"]})

    status, reader, writer = await client.connect(f"shop.test:{far.port}")
    writer.write(DATA)
    echoed = await reader.readexactly(len(DATA))
    writer.close()

    assert status == b"HTTP/1.1 200 Connection established"
    assert echoed == DATA


async def test_what_is_sent_along_with_connect_is_not_lost(guarded, server):
    far = await server(echo)
    client = await guarded()
    reader, writer = await client.open()

    writer.write(b"CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: a\r\n\r\nhello" % far.port)
    await reader.readuntil(b"\r\n\r\n")

    assert await reader.readexactly(5) == b"hello"
    writer.close()


async def test_the_end_of_one_direction_leaves_the_other_open(guarded, server):
    async def sum_up(reader, writer):
        writer.write(b"%d bytes" % len(await reader.read()))

    far = await server(sum_up)
    client = await guarded()

    _, reader, writer = await client.connect(f"127.0.0.1:{far.port}")
    writer.write(DATA)
    writer.write_eof()

    assert await reader.read() == b"%d bytes" % len(DATA)
    writer.close()


async def test_the_end_of_the_server_reaches_the_client(guarded, server):
    async def greet(reader, writer):
        writer.write(b"hello")

    far = await server(greet)
    client = await guarded()

    _, reader, writer = await client.connect(f"127.0.0.1:{far.port}")

    assert await reader.read() == b"hello"
    writer.close()


async def test_a_client_that_resets_its_end_frees_the_server(guarded, server):
    left = asyncio.Event()

    async def wait(reader, writer):
        await reader.read()
        left.set()

    far = await server(wait)
    client = await guarded()

    _, _, writer = await client.connect(f"127.0.0.1:{far.port}")
    writer.transport.abort()

    await asyncio.wait_for(left.wait(), 5)
    assert client.guard.verdict_for(f"https://127.0.0.1:{far.port}/") is None


async def test_connect_has_no_body(guarded, server):
    far = await server(echo)
    client = await guarded()

    answer = await client.say(
        b"CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" % far.port
    )

    assert answer.startswith(b"HTTP/1.1 403 ")
