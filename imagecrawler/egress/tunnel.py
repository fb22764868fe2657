"""CONNECT: bytes both ways, whatever they are."""

from __future__ import annotations

from asyncio import StreamReader
from collections.abc import Callable

from imagecrawler.egress.limits import Meter
from imagecrawler.egress.stream import CHUNK, Stream, task_group


async def tunnel(client: Stream, server: Stream, meter: Meter) -> None:
    """Relay until both sides have ended; the end of one leaves the other direction open.

    Raises OSError when either connection breaks, Failed above the byte limit.
    """
    async with task_group() as group:
        group.create_task(_pump(client.reader, server, meter.count_sent))
        group.create_task(_pump(server.reader, client, meter.count_received))


async def _pump(reader: StreamReader, to: Stream, count: Callable[[int], None]) -> None:
    while data := await reader.read(CHUNK):
        count(len(data))
        await to.write(data)
    to.writer.write_eof()
