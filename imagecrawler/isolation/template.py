"""The process that decoders are forked from: it has imported what they need, and nothing else.

    python -m imagecrawler.isolation.template DESCRIPTOR

For each socket that comes over the one at DESCRIPTOR a decoder is forked that serves it. All end
when the other ends of their sockets are closed, however that came about.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from io import BytesIO

from PIL import Image

from imagecrawler.imaging.decode import FORMATS
from imagecrawler.imaging.examine import look_at
from imagecrawler.isolation.limits import Limits
from imagecrawler.isolation.wire import LENGTH, READY, packed

#: A decoder of a terminal's or a service's group ends with its worker, which finishes first.
_NOT_FOR_US = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(control: socket.socket) -> None:
    """Until the worker hangs up. A message is the four numbers of Limits, beside the socket."""
    for number in _NOT_FOR_US:
        signal.signal(number, signal.SIG_IGN)
    # the kernel takes what has ended
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _warm_up()
    gc.freeze()
    while True:
        message, descriptors, *_ = socket.recv_fds(control, 256, 1)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            _live(socket.socket(fileno=descriptors[0]), message)
        os.close(descriptors[0])


def _warm_up() -> None:
    """What libraries import with the first picture, no decoder has to."""
    for form in FORMATS:
        target = BytesIO()
        Image.new("RGB", (16, 16)).save(target, form)
        look_at(target.getvalue())


def _live(connection: socket.socket, message: bytes) -> None:
    try:
        numbers = message.decode().split()
        limits = Limits(int(numbers[0]), float(numbers[1]), float(numbers[2]))
        limits.confine()
        connection.sendall(READY)
        serve(connection, limits)
        os._exit(0)
    except OSError:
        os._exit(0)  # the worker is gone
    finally:
        os._exit(1)


def serve(connection: socket.socket, limits: Limits) -> None:
    """One picture after the other: its length and its bytes, then the answer's."""
    while head := connection.recv(LENGTH.size, socket.MSG_WAITALL):
        (length,) = LENGTH.unpack(head)
        body = _received(connection, length)
        with limits.one_picture():
            answer = packed(look_at(body))
        connection.sendall(LENGTH.pack(len(answer)) + answer)


def _received(connection: socket.socket, length: int) -> bytes:
    body = bytearray(length)
    view = memoryview(body)
    while view:
        count = connection.recv_into(view)
        if not count:
            raise ConnectionError("the worker hung up")
        view = view[count:]
    return bytes(body)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
    os._exit(0)  # its worker waits for that, and what libraries tidy up takes a while
