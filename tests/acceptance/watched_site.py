"""Sites of several domains that keep book of who asks for what, and when."""

from __future__ import annotations

import io
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class Visit:
    """One request for a page: monotonic seconds from its arrival to the end of its answer."""

    domain: str
    path: str
    begun: float
    ended: float


@dataclass
class WatchedSites:
    """``count`` domains, each an address of the loopback range, as a context manager.

    ``/p/N`` is a product page with ``pictures`` pictures of its own, answered after ``seconds``.
    ``/busy/N`` is one whose first ``busy`` requests get 503 and ``Retry-After: 2``; ``/gone`` is
    404.
    """

    count: int = 1
    seconds: float = 0.0
    pictures: int = 3
    robots: str = "User-agent: *\nDisallow:\n"
    busy: int = 1
    visits: list[Visit] = field(default_factory=list)
    images: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self.now: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self._servers: list[ThreadingHTTPServer] = []

    @property
    def urls(self) -> list[str]:
        """The domains' addresses."""
        return [f"http://{host}:{port}" for host, port in map(_address, self._servers)]

    def __enter__(self) -> Self:
        for number in range(1, self.count + 1):
            handler = type("Handler", (_Handler,), {"sites": self})
            server = _Server((f"127.0.1.{number}", 0), handler)
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            self._servers.append(server)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def at(self, path: str) -> list[Visit]:
        """The visits to pages whose path begins so, in their order."""
        return sorted(
            (visit for visit in self.visits if visit.path.startswith(path)),
            key=lambda visit: visit.begun,
        )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def _address(server: ThreadingHTTPServer) -> tuple[str, int]:
    host, port = server.server_address[:2]
    return str(host), int(port)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    sites: WatchedSites

    def do_GET(self) -> None:
        if self.path == "/robots.txt":
            self._send(200, "text/plain", self.sites.robots.encode())
        elif self.path.startswith("/i/"):
            with self.sites.lock:
                self.sites.images[self.path] += 1
            self._send(200, "image/jpeg", picture_at(self.path))
        else:
            self._visit()

    def _visit(self) -> None:
        domain, begun = self.headers["Host"], time.monotonic()
        with self.sites.lock:
            self.sites.now[domain] += 1
            self.sites.most[domain] = max(self.sites.most[domain], self.sites.now[domain])
            self.sites.asked[self.path] += 1
            asked = self.sites.asked[self.path]
        try:
            time.sleep(self.sites.seconds)
            self._answer(asked)
        finally:
            with self.sites.lock:
                self.sites.now[domain] -= 1
                visit = Visit(domain, self.path, begun, time.monotonic())
                self.sites.visits.append(visit)

    def _answer(self, asked: int) -> None:
        if self.path.startswith("/busy/") and asked <= self.sites.busy:
            self._send(503, "text/html", b"<h1>Busy</h1>", Retry_After="2")
        elif self.path.startswith(("/p/", "/busy/")):
            self._send(200, "text/html", self._page())
        else:
            self._send(404, "text/html", b"<h1>Gone</h1>")

    def _page(self) -> bytes:
        name = self.path.strip("/").replace("/", "-")
        names = (f"/i/{name}-{number}.jpg" for number in range(self.sites.pictures))
        images = "".join(f"<img src='{each}' width=600 height=600 alt='Lamp'>" for each in names)
        return f"<title>Lamp</title><h1>Lamp</h1>{images}".encode()

    def _send(self, status: int, kind: str, body: bytes, **headers: str) -> None:
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Quiet: the book is kept elsewhere."""


@lru_cache(maxsize=4096)
def picture_at(path: str) -> bytes:
    """A picture that is like no other: blurred noise in colours of its own."""
    random = np.random.default_rng(list(path.encode()))
    small = random.integers(0, 255, (8, 8, 3), dtype=np.uint8)
    grain = random.normal(0, 12, (600, 600, 3))
    large = np.asarray(Image.fromarray(small).resize((600, 600), Image.Resampling.BICUBIC))
    canvas = io.BytesIO()
    pixels = np.clip(large + grain, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(canvas, "JPEG", quality=80)
    return canvas.getvalue()
