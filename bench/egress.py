"""What the egress guard costs: on a page's time, and how many requests it handles.

    python bench/egress.py [--rounds 15] [--requests 4000]

A page of the demo shop, served by another process, is rendered as a crawl does it, with all its
images loaded, in turn directly and through a guard, each time in a new context. Then raw requests,
50 at once, go to a server of two bytes directly and through the guard.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from playwright.async_api import Browser, async_playwright

from imagecrawler.budget import Budget
from imagecrawler.config import load_config
from imagecrawler.egress import EgressGuard, EgressPolicy
from imagecrawler.rendering.browser import launch_options
from imagecrawler.rendering.handler import VIEWPORT
from imagecrawler.rendering.page import close_page, prepare_page
from imagecrawler.rendering.render import render

SITE = Path(__file__).parents[1] / "tests" / "site"
SECONDS = 40.0
PAGE = "/products/summit-backpack"
AT_ONCE = 50
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


async def load(browser: Browser, url: str, proxy: str | None) -> float:
    options: dict[str, Any] = {"proxy": {"server": proxy}} if proxy else {}
    context = await browser.new_context(viewport=VIEWPORT, **options)
    page = await context.new_page()
    activity = await prepare_page(page)
    started = perf_counter()
    await page.goto(url, wait_until="commit")
    await render(page, activity, Budget(SECONDS))
    spent = perf_counter() - started
    await close_page(page)
    return spent


async def pages(guard: EgressGuard, url: str, rounds: int) -> None:
    options = launch_options(load_config())
    del options["proxy"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**options)
        for proxy in (None, guard.url):
            await load(browser, url, proxy)
        pairs = [
            (await load(browser, url, None), await load(browser, url, guard.url))
            for _ in range(rounds)
        ]
        await browser.close()
    direct, guarded = (median(times) for times in zip(*pairs, strict=True))
    ratio = median(guarded / direct for direct, guarded in pairs)
    print(f"a page: {1e3 * direct:.0f} ms directly, {1e3 * guarded:.0f} ms guarded", end="")
    print(f", median ratio {ratio:.3f}")


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(ANSWER)
    await writer.drain()
    writer.close()


async def rate(port: int, target: str, count: int) -> float:
    request = f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode()

    async def ask() -> None:
        for _ in range(count // AT_ONCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(request)
            assert (await reader.read()).startswith(b"HTTP/1.1 200")
            writer.close()

    started = perf_counter()
    await asyncio.gather(*(ask() for _ in range(AT_ONCE)))
    return count / (perf_counter() - started)


async def requests(guard: EgressGuard, count: int) -> None:
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    proxy = int(guard.url.rpartition(":")[2])
    rounds = [
        (await rate(port, "/", count), await rate(proxy, f"http://127.0.0.1:{port}/", count))
        for _ in range(3)
    ]
    direct, guarded = (median(rates) for rates in zip(*rounds, strict=True))
    print(f"requests a second: {direct:,.0f} directly, {guarded:,.0f} guarded", end="")
    print(" (client, guard and server in one process)")
    server.close()


async def measure(url: str, options: argparse.Namespace) -> None:
    guard = EgressGuard(EgressPolicy(allow=(ip_network("127.0.0.0/8"),)))
    await guard.start()
    await pages(guard, url, options.rounds)
    await requests(guard, options.requests)
    await guard.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--requests", type=int, default=4_000)
    options = parser.parse_args()
    command = [sys.executable, str(SITE / "serve.py"), "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as shop:
        assert shop.stdout is not None
        try:
            asyncio.run(measure(shop.stdout.readline().strip() + PAGE, options))
        finally:
            shop.terminate()


if __name__ == "__main__":
    main()
