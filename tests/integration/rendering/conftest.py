"""A real Chromium without images, and a loopback server for pages written in the tests."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from imagecrawler.budget import Budget
from imagecrawler.config import load_config
from imagecrawler.rendering.activity import Activity
from imagecrawler.rendering.browser import WITHOUT_IMAGES, launch_options
from imagecrawler.rendering.page import close_page, prepare_page
from imagecrawler.rendering.render import Rendered, render

Visit = Callable[..., Awaitable[Rendered]]


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """``serve(html, {path: body}, {path: (status, headers)})`` gives the address of the page."""
    pages: dict[str, bytes] = {}
    answers: dict[str, tuple[int, dict[str, str]]] = {}
    hanging = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            if path == "/hangs":
                hanging.wait(30)
                return
            if path in answers:
                status, headers = answers[path]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                return
            body = pages.get(path)
            self.send_response(200 if body is not None else 404)
            kind, _ = guess_type(path)
            self.send_header("Content-Type", kind or "text/html; charset=utf-8")
            self.end_headers()
            if path.startswith("/late"):
                self.wfile.flush()
                hanging.wait(0.5)
            self.wfile.write(body or b"")

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()

    def put(
        html: str,
        others: Mapping[str, str] | None = None,
        empty: Mapping[str, tuple[int, dict[str, str]]] | None = None,
    ) -> str:
        pages["/"] = html.encode()
        pages.update({path: text.encode() for path, text in (others or {}).items()})
        answers.update(empty or {})
        return f"http://127.0.0.1:{server.server_port}/"

    yield put
    hanging.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    options = launch_options(load_config())
    options["args"].append(WITHOUT_IMAGES)
    del options["proxy"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**options)
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 1680, "height": 1050})
    page = await context.new_page()
    yield page
    await close_page(page)


@pytest.fixture
async def activity(page: Page) -> Activity:
    """Of the page, made ready as a crawl does."""
    return await prepare_page(page)


@pytest.fixture
def visit(page: Page, activity: Activity, serve: Callable[..., str]) -> Visit:
    """``await visit(html, others, seconds=…)`` renders a page and gives what came of it."""

    async def open_and_render(
        html: str, others: Mapping[str, str] | None = None, *, seconds: float = 20, **options: Any
    ) -> Rendered:
        await page.goto(serve(html, others), wait_until="commit")
        return await render(page, activity, Budget(seconds), **options)

    return open_and_render
