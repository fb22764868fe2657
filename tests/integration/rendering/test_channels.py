"""None of the ways by which a page can make a browser connect gets past the egress guard."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from time import monotonic

import pytest
from hostile_channels import MARKUP, SCRIPTS, SPELLINGS, hostile_page, reply
from playwright.async_api import Browser, async_playwright
from playwright.async_api import Error as PlaywrightError

from imagecrawler.budget import Budget
from imagecrawler.config import load_config
from imagecrawler.egress import EgressGuard, EgressPolicy
from imagecrawler.rendering.browser import launch_options
from imagecrawler.rendering.handler import render_meta
from imagecrawler.rendering.page import prepare_page

HOME, TRAP, DOMAIN = "127.0.0.1", "127.0.0.2", "trap.test"
QUIET_SECONDS, PATIENCE_SECONDS = 2.0, 20.0

#: Closed before they become a connection: no guard hears of them, and nothing arrives.
#: Another page (popups, prerendering), UDP, prefetching, what is only done while a page ends, and
#: what Chromium itself does not load.
CLOSED = frozenset(
    (
        *("popup", "blankpopup", "noopener", "prerender", "speculation", "lookup", "prefetch"),
        *("webtransport", "stun", "serviceworker", "ping", "manifest", "icon", "later"),
        *("svgdocument", "userinfo", "filter", "preconnect"),
    )
)


class Trap(asyncio.DatagramProtocol):
    """Listens by TCP and UDP; ``caught`` are the hosts that were asked for, or how it was met."""

    def __init__(self) -> None:
        self.caught: set[str] = set()
        self.port = 0

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.caught.add("udp")

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.read(2_000)
        hosts = [line[6:] for line in head.lower().split(b"\r\n") if line.startswith(b"host: ")]
        self.caught.add(hosts[0].decode().partition(".")[0] if hosts else "tcp")
        writer.close()


@pytest.fixture
async def trap() -> AsyncIterator[Trap]:
    trap = Trap()
    server = await asyncio.start_server(trap.connected, TRAP, 0)
    trap.port = server.sockets[0].getsockname()[1]
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: trap, local_addr=(TRAP, trap.port))
    yield trap
    transport.close()
    server.close()
    await server.wait_closed()


@pytest.fixture
def page_url(trap: Trap) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = (200, {}, hostile_page(DOMAIN, trap.port)) if self.path == "/" else None
            status, headers, body = page or reply(self.path, DOMAIN, trap.port) or (404, {}, "")
            self.send_response(status)
            for name, value in ({"Content-Type": "text/html"} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer((HOME, 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://{HOME}:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options(load_config()))
        yield browser
        await browser.close()


class Names:
    """Every name of the trap's domain is the trap; ``asked`` are those that were looked up."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    async def resolver(self, host: str) -> list[str]:
        self.asked.add(host.partition(".")[0])
        return [TRAP]


async def _opened(browser: Browser, guard: EgressGuard, url: str, names: Names) -> None:
    """Loads the page as a crawl does, and waits until nothing new is looked up."""
    options = render_meta("", Budget(60), load_images=True)["playwright_context_kwargs"]
    del options["load_images"]
    context = await browser.new_context(proxy={"server": guard.url}, **options)
    page = await context.new_page()
    await prepare_page(page)
    await page.goto(url, wait_until="commit")
    begun = changed = monotonic()
    known = 0
    while monotonic() - changed < QUIET_SECONDS and monotonic() - begun < PATIENCE_SECONDS:
        await asyncio.sleep(0.1)
        if len(names.asked) != known:
            known, changed = len(names.asked), monotonic()
    await context.close()


async def test_no_channel_and_no_spelling_reaches_a_forbidden_address(
    browser: Browser, page_url: str, trap: Trap
) -> None:
    names = Names()
    guard = EgressGuard(EgressPolicy(allow=(ip_network(f"{HOME}/32"),)), names.resolver)
    await guard.start()
    await _opened(browser, guard, page_url, names)
    refused = guard.refused
    await guard.close()
    assert trap.caught == set()
    tried = (MARKUP.keys() | SCRIPTS.keys()) - CLOSED
    assert tried - names.asked == set()
    assert len(MARKUP) + len(SCRIPTS) + len(SPELLINGS) >= 60
    assert refused >= len(tried)


async def test_the_channels_are_open_where_the_address_is_allowed(
    browser: Browser, page_url: str, trap: Trap
) -> None:
    """Or the test above would prove nothing."""
    names = Names()
    guard = EgressGuard(EgressPolicy(allow=(ip_network("127.0.0.0/8"),)), names.resolver)
    await guard.start()
    await _opened(browser, guard, page_url, names)
    await guard.close()
    # of the https ones the trap cannot read the host
    https = {"https", "securesocket", "turn", "otherport"}
    assert (MARKUP.keys() | SCRIPTS.keys()) - CLOSED - https - trap.caught == set()
    assert "udp" not in trap.caught


async def test_without_the_guard_nothing_leaves(
    browser: Browser, page_url: str, trap: Trap
) -> None:
    guard = EgressGuard(EgressPolicy(allow=(ip_network("127.0.0.0/8"),)))
    await guard.start()
    await guard.close()
    with pytest.raises(PlaywrightError, match="ERR_PROXY_CONNECTION_FAILED"):
        await _opened(browser, guard, page_url, Names())
    assert trap.caught == set()
