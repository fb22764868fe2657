"""The processes that look at pictures, as the worker that has them sees them."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from dataclasses import dataclass

from imagecrawler.imaging.examine import Pixels, Unusable
from imagecrawler.isolation.limits import Limits
from imagecrawler.isolation.wire import LENGTH, MAX_ANSWER, READY, unpacked

CLOSE_SECONDS = 5.0

#: Of the environment; the rest, secrets above all, is none of a decoder's business.
_KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR")

#: No threads for small matrices, and memory kept from one picture to the next: to have it mapped
#: and cleared anew took two fifths of the decoding (mallopt(3), glibc).
_ECONOMY = {
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(64 * 2**20),
}


@dataclass(slots=True)
class Decoder:
    """The worker's end of one decoder; ``served`` pictures were given to it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    served: int = 0

    async def ask(self, body: bytes) -> Pixels | Unusable:
        """Raises what a broken connection raises, and ValueError for nonsense."""
        self.served += 1
        self.writer.write(LENGTH.pack(len(body)))
        self.writer.write(body)
        await self.writer.drain()
        (length,) = LENGTH.unpack(await self.reader.readexactly(LENGTH.size))
        if length > MAX_ANSWER:
            raise ValueError(f"an answer of {length} bytes")
        return unpacked(await self.reader.readexactly(length))

    def is_done(self, pictures: int) -> bool:
        """Whether it has died, or has looked at enough."""
        return self.served >= pictures or self.reader.at_eof() or self.writer.is_closing()

    def close(self) -> None:
        """It ends once it sees that."""
        self.writer.close()


class Template:
    """The process that decoders are forked from."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
            # as here, whether we were installed or came in an egg
            environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
            environment |= _ECONOMY
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "imagecrawler.isolation.template", str(theirs.fileno())],
                env=environment,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    async def decoder(self, limits: Limits) -> Decoder:
        """Raises OSError or EOFError when the template is gone."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                message = f"{limits.megabytes} {limits.cpu_seconds} {limits.wall_seconds}"
                socket.send_fds(self._control, [message.encode()], [theirs.fileno()])
            reader, writer = await asyncio.open_unix_connection(sock=ours)
        except BaseException:
            ours.close()
            raise
        try:
            await reader.readexactly(len(READY))
        except BaseException:
            writer.close()
            raise
        return Decoder(reader, writer)

    def close(self) -> None:
        """Waits until it has ended, not for ever."""
        self._control.close()
        try:
            self._process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
