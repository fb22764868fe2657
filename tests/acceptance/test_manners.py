"""How the crawler treats a site, and what a site's bad manners cost."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from installation import Installation
from PIL import Image


class Site(ThreadingHTTPServer):
    """A page of 60 pictures whose robots.txt never comes; counts what is asked for at once."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.leaving = threading.Event()
        self.lock = threading.Lock()
        self.now = 0
        self.most = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        if self.path == "/robots.txt":
            self.server.leaving.wait(60)
            return
        kind, body = ("image/png", self._picture()) if self.path != "/" else ("text/html", PAGE)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)

    def _picture(self) -> bytes:
        with self.server.lock:
            self.server.now += 1
            self.server.most = max(self.server.most, self.server.now)
        time.sleep(0.02)
        with self.server.lock:
            self.server.now -= 1
        number = int(self.path.strip("/").split(".")[0])
        canvas = io.BytesIO()
        Image.new("RGB", (300, 300), (number * 4, 80, 200 - number)).save(canvas, "PNG")
        return canvas.getvalue()

    def log_message(self, *args: object) -> None:
        """Quiet."""


PAGE = b"".join(b"<img src='/%d.png' width=200 height=200>" % number for number in range(60))


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.serve_forever, args=(0.05,))
    thread.start()
    yield site
    site.leaving.set()
    site.shutdown()
    thread.join()
    site.server_close()


def test_a_robots_txt_that_never_comes_costs_its_patience_not_the_page(
    installation: Installation, site: Site
) -> None:
    answer = installation.scrape_json(site.url + "/", IMAGECRAWLER_PAGE_BUDGET="20")
    assert answer["images_found"] == 60
    assert {each["reason"] for each in answer["rejected"]}.isdisjoint({"over_budget"})
    assert 0 < site.most <= 6
