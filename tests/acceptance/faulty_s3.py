"""An S3 service that fails as it is told to: a proxy before a real one."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

#: SO_LINGER on, for 0 seconds: the connection ends with RST.
RESET = struct.pack("ii", 1, 0)

Fault = Callable[["_Handler", bytes], None]


def answering(status: int, code: str) -> Fault:
    """Not done, and an error says why."""

    def fail(handler: _Handler, body: bytes) -> None:
        document = f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()
        handler.reply(status, {"Content-Type": "application/xml"}, document)

    return fail


def silent(handler: _Handler, body: bytes) -> None:
    """Done, but nobody hears of it."""
    handler.forward(body)
    handler.site.closing.wait(20)
    handler.close_connection = True


def cut_request(handler: _Handler, body: bytes) -> None:
    """Gone when half of the request's body was there."""
    handler.reset()


def cut_answer(handler: _Handler, body: bytes) -> None:
    """Done, but gone in the middle of the answer's body."""
    status, headers, answer = handler.forward(body)
    handler.reply(
        status, headers | {"Content-Length": str(len(answer))}, answer[: len(answer) // 2]
    )
    handler.reset()


def damaging(handler: _Handler, body: bytes) -> None:
    """Done with other bytes, as the ETag tells."""
    handler.reply(*handler.forward(b"?" + body[1:]))


def unlike_md5(handler: _Handler, body: bytes) -> None:
    """Done, with an ETag that is no MD5, as of buckets with the customer's keys."""
    status, headers, answer = handler.forward(body)
    handler.reply(status, headers | {"ETag": f'"{"e" * 32}"'}, answer)


@dataclass
class _Told:
    method: str
    fault: Fault
    times: int
    key: str


class FaultyS3:
    """A proxy on loopback before the S3 service at ``endpoint``, as a context manager.

    ``seen`` are the methods of all requests. Nothing fails before :meth:`tell`.
    """

    def __init__(self, endpoint: str) -> None:
        self.upstream = urlsplit(endpoint).netloc
        self.seen: list[str] = []
        self.closing = threading.Event()
        self._told: list[_Told] = []
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"site": self})
        self._server = _Server(("127.0.0.1", 0), handler)

    @property
    def url(self) -> str:
        """Its endpoint."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def tell(self, method: str, fault: Fault, *, times: int = 1, key: str = "") -> None:
        """The next ``times`` requests by the method for keys that end with ``key`` fail."""
        self._told.append(_Told(method, fault, times, key))

    def recover(self) -> None:
        """Nothing fails any more."""
        self._told.clear()

    def fault_of(self, method: str, path: str) -> Fault | None:
        """What becomes of the request."""
        with self._lock:
            self.seen.append(method)
            for told in self._told:
                if told.times and told.method == method and path.endswith(told.key):
                    told.times -= 1
                    return told.fault
        return None

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: FaultyS3

    def do_GET(self) -> None:
        fault = self.site.fault_of(self.command, urlsplit(self.path).path)
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length // 2 if fault is cut_request else length)
        try:
            if fault is None:
                self.reply(*self.forward(body))
            else:
                fault(self, body)
        except ConnectionError:
            self.close_connection = True

    do_HEAD = do_PUT = do_POST = do_DELETE = do_GET

    def forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection(self.site.upstream)
        try:
            headers = {
                name: value
                for name, value in self.headers.items()
                if name.lower() not in ("expect", "content-md5")
            }
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def reply(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        given = {"Content-Length": str(len(body)), **headers}
        for name, value in given.items():
            if name.lower() not in ("connection", "transfer-encoding"):
                self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.connection.close()
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Quiet: the tests look at what came of it."""
