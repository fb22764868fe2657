import asyncio
import contextlib

import psutil
import pytest

from imagecrawler.egress import EgressGuard, EgressPolicy


async def hold(reader, writer):
    await reader.read()


def address_of(guard: EgressGuard) -> tuple[str, int]:
    host, port = guard.url.removeprefix("http://").split(":")
    return host, int(port)


def sockets_of(client) -> list:
    """The sockets of this process that are bound to the guard's port."""
    connections = psutil.Process().net_connections("tcp")
    return [entry for entry in connections if entry.laddr.port == client.port]


async def test_a_connection_made_before_the_start_is_served_after_it():
    guard = EgressGuard(EgressPolicy())
    reader, writer = await asyncio.open_connection(*address_of(guard))
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")

    await guard.start()

    assert (await reader.read()).startswith(b"HTTP/1.1 403 ")
    writer.close()
    await guard.close()


async def test_nothing_passes_a_closed_guard(guarded, server):
    far = await server(hold)
    client = await guarded()
    _, reader, writer = await client.connect(f"127.0.0.1:{far.port}")
    waiting_reader, waiting = await client.open()

    await client.guard.close()

    for end in (reader, waiting_reader):
        with contextlib.suppress(ConnectionResetError):
            assert await end.read() == b""
    with pytest.raises(ConnectionRefusedError):
        await client.open()
    writer.close()
    waiting.close()


async def test_closing_leaves_no_task_and_no_socket(guarded, server):
    far = await server(hold)
    client = await guarded()
    tunnels = [await client.connect(f"127.0.0.1:{far.port}") for _ in range(5)]
    _, idle = await client.open()
    before = sockets_of(client)

    await client.guard.close()
    after = sockets_of(client)
    for writer in [writer for _, _, writer in tunnels] + [idle]:
        writer.close()

    assert len(before) == 1 + 5 + 1
    assert after == []
    assert [task for task in asyncio.all_tasks() if "_serve" in repr(task)] == []


async def test_closing_does_not_wait_for_a_look_up():
    asked = asyncio.Event()

    async def never(host: str) -> list[str]:
        asked.set()
        await asyncio.Event().wait()
        return []

    guard = EgressGuard(EgressPolicy(), never)
    await guard.start()
    reader, writer = await asyncio.open_connection(*address_of(guard))
    writer.write(b"GET http://slow.test/ HTTP/1.1\r\nHost: a\r\n\r\n")
    await asked.wait()

    await asyncio.wait_for(guard.close(), 5)

    assert await reader.read() == b""
    writer.close()


async def test_a_connection_that_is_announced_after_closing_is_cut(server):
    far = await server(hold)
    guard = EgressGuard(EgressPolicy())
    await guard.start()
    await guard.close()
    reader, writer = await asyncio.open_connection("127.0.0.1", far.port)

    guard._accept(reader, writer)

    assert writer.is_closing()
    assert guard.connections == 0


async def test_closing_twice_or_without_a_start_is_allowed():
    guard = EgressGuard(EgressPolicy())
    await guard.close()
    await guard.close()


async def test_bytes_received_are_counted(guarded, server):
    far = await server()
    client = await guarded()

    await client.get(f"http://127.0.0.1:{far.port}/")
    await client.guard.close()

    assert client.guard.bytes_received == len(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    assert client.guard.connections == 1
