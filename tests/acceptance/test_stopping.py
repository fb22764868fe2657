"""A crawl that is stopped, or whose page never ends, ends by itself and leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psutil
import pytest
from installation import PROJECT, Installation
from serve import DemoShop

ENDLESS = b"<!doctype html><title>Endless</title><h1>Sale</h1><script>while (true) {}</script>"


class EndlessPage(BaseHTTPRequestHandler):
    """A page whose script never ends, whatever its path."""

    def do_GET(self) -> None:
        found = self.path != "/robots.txt"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(ENDLESS if found else b"")

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def endless_page() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), EndlessPage)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/product"
    server.shutdown()
    thread.join()
    server.server_close()


class Crawl:
    """A running ``scrapy crawl``, and every process that was ever seen below it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._seen: set[psutil.Process] = set()

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def look(self) -> None:
        """Note the processes there are now."""
        try:
            self._seen |= set(psutil.Process(self.process.pid).children(recursive=True))
        except psutil.NoSuchProcess:
            assert self.has_ended

    def look_until(self, condition: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            self.look()
            time.sleep(0.1)

    @property
    def has_browser(self) -> bool:
        return any("chrom" in process.name() for process in self._seen if _lives(process))

    def survivors(self) -> list[psutil.Process]:
        """What still runs, given a moment to end."""
        _, alive = psutil.wait_procs([each for each in self._seen if _lives(each)], timeout=5)
        return [process for process in alive if _lives(process)]


def _lives(process: psutil.Process) -> bool:
    """A zombie has ended; reaping it is up to whoever inherited it."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextmanager
def crawling(installation: Installation, url: str) -> Iterator[Crawl]:
    log = installation.folder / "crawl.log"
    command = [sys.executable, "-m", "scrapy", "crawl", "sales_page", "-a", f"url={url}"]
    with log.open("w") as stderr:
        process = subprocess.Popen(
            command, env=installation.environment, cwd=PROJECT, stderr=stderr, text=True
        )
        crawl = Crawl(process)
        try:
            yield crawl
        finally:
            crawl.look()
            process.kill()
            process.wait()
            for survivor in crawl.survivors():
                survivor.kill()


def _job(installation: Installation) -> tuple[str, str, str]:
    [job] = installation.rows("SELECT state, outcome, detail FROM scrape_jobs")
    return job["state"], job["outcome"], job["detail"]


def test_sigterm_ends_a_crawl_in_the_middle(installation: Installation) -> None:
    with DemoShop(slow=60) as shop, crawling(installation, shop.url + "/slow") as crawl:
        crawl.look_until(lambda: ("GET", "/slow") in shop.requests, 30)
        crawl.look_until(lambda: crawl.has_browser, 5)
        crawl.process.terminate()
        crawl.look_until(lambda: crawl.has_ended, 20)
        assert crawl.process.returncode == 1
        assert crawl.survivors() == []
    detail = "the crawl was stopped; run it again"
    assert _job(installation) == ("finished", "failed", detail)
    assert detail in (installation.folder / "crawl.log").read_text("utf-8")


def test_a_script_that_never_ends_costs_no_more_than_the_budget(
    installation: Installation, endless_page: str
) -> None:
    installation.environment["IMAGECRAWLER_PAGE_BUDGET"] = "8"
    with crawling(installation, endless_page) as crawl:
        crawl.look_until(lambda: crawl.has_browser, 30)
        crawl.look_until(lambda: crawl.has_ended, 30)
        assert crawl.process.returncode == 1
        assert crawl.survivors() == []
    state, outcome, detail = _job(installation)
    assert (state, outcome) == ("finished", "failed")
    assert detail in (
        "the page did not answer within 8 s",
        "the page does not answer: a script of it never ends",
    )
