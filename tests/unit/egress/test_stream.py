import asyncio
import socket

import pytest

from imagecrawler.egress.stream import Stream, stream_of, task_group

DATA = b"x" * 50_000


async def pair() -> tuple[Stream, asyncio.StreamReader, asyncio.StreamWriter]:
    """A stream over a socket whose buffer holds far less than DATA, and its peer."""
    near, far = socket.socketpair()
    near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
    reader, writer = await asyncio.open_connection(sock=far, limit=1_024)
    return stream_of(*await asyncio.open_connection(sock=near)), reader, writer


async def test_what_has_been_written_survives_an_abort():
    stream, reader, writer = await pair()
    writing = asyncio.create_task(stream.write(DATA))
    await asyncio.sleep(0.01)
    waited = not writing.done()

    received = b""
    while not writing.done():
        received += await reader.read(1_024)
    stream.abort()
    received += await reader.read()

    assert waited
    assert received == DATA
    writer.close()


async def test_lingering_ends_when_the_peer_has_closed():
    stream, reader, writer = await pair()
    lingering = asyncio.create_task(stream.linger())
    assert await reader.read() == b""

    writer.write(b"unread")
    writer.close()

    await asyncio.wait_for(lingering, 1)
    stream.abort()


async def test_a_group_raises_the_first_error_of_its_tasks():
    async def fail():
        raise KeyError("first")

    async def start():
        async with task_group() as group:
            group.create_task(fail())
            await asyncio.Event().wait()

    with pytest.raises(KeyError, match="first"):
        await start()
