"""The demo shop: a loopback server with the manners, good and bad, of a real one.

python tests/site/serve.py [--port 8077] [--pictures DIR]
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

from pictures import PictureStore
from routes import Reply, Request, Settings, answer


class DemoShop:
    """The shop on a port of 127.0.0.1 (0: any free one), as a context manager.

    ``requests`` lists (method, path with query) in the order of arrival, ``answers`` (path with
    query, status) in the order of the answers. ``latency`` is in seconds per picture, ``slow``
    the seconds that /slow takes. ``window`` may be changed: what /window shows. Pictures are drawn
    when first asked for, unless ``prepare`` draws them all beforehand.
    """

    def __init__(
        self,
        port: int = 0,
        pictures: Path | None = None,
        *,
        latency: float = 0.0,
        slow: float = 3.0,
    ) -> None:
        self.requests: list[tuple[str, str]] = []
        self.answers: list[tuple[str, int]] = []
        self.window: dict[str, str] = {}
        self._settings = Settings(PictureStore(pictures), latency, slow, self.window)
        self._port = port
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The shop's address without a slash at the end."""
        if self._server is None:
            raise RuntimeError("the shop is closed")
        return f"http://127.0.0.1:{self._server.server_port}"

    def prepare(self) -> None:
        """Draw all pictures that are not drawn yet: half a minute of one core, once."""
        self._settings.pictures.prepare()

    def start(self) -> Self:
        handler = type("Handler", (_Handler,), {"shop": self, "settings": self._settings})
        self._server = _Server(("127.0.0.1", self._port), handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # The default of 5 drops a burst of connections, which then costs each a second.
    request_queue_size = 128


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    shop: DemoShop
    settings: Settings

    def do_GET(self) -> None:
        self.shop.requests.append((self.command, self.path))
        reply = answer(Request(self.path, self.headers), self.settings)
        try:
            self._send(reply)
        except ConnectionError:
            # A browser that leaves a page drops its downloads: the normal end of a visit.
            self.close_connection = True

    do_HEAD = do_GET

    def _send(self, reply: Reply) -> None:
        self.shop.answers.append((self.path, reply.status))
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)
        self.wfile.flush()

    def log_message(self, *args: object) -> None:
        """Keep quiet: ``DemoShop.requests`` is the log."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve the demo shop on this machine.")
    parser.add_argument("--port", type=int, default=8077, help="0 takes any free port")
    parser.add_argument("--pictures", type=Path, help="where drawn pictures are kept")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds per picture")
    options = parser.parse_args()
    with DemoShop(options.port, options.pictures, latency=options.latency) as shop:
        print("Drawing the shop's pictures (once, up to half a minute) …", file=sys.stderr)
        shop.prepare()
        print(shop.url, flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            print("closed", file=sys.stderr)


if __name__ == "__main__":
    main()
