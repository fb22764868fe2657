"""crawlee's PlaywrightCrawler, with downloads by httpx."""

from __future__ import annotations

import asyncio
from tempfile import TemporaryDirectory
from time import perf_counter

from candidates import PICTURES, VIEWPORT, client, fetch
from crawlee import ConcurrencySettings
from crawlee.configuration import Configuration
from crawlee.crawlers import PlaywrightCrawler, PlaywrightCrawlingContext
from protocol import SCROLL, Bench, Task


def crawler_of(task: Task, folder: str) -> PlaywrightCrawler:
    at_once = task.concurrency
    return PlaywrightCrawler(
        configuration=Configuration(storage_dir=folder),
        concurrency_settings=ConcurrencySettings(
            min_concurrency=at_once, desired_concurrency=at_once, max_concurrency=at_once
        ),
        browser_launch_options={
            "executable_path": task.browser,
            "args": task.browser_arguments,
            "chromium_sandbox": False,
        },
        browser_new_context_options={"viewport": VIEWPORT},
        headless=True,
        keep_alive=True,
    )


async def run(bench: Bench, folder: str) -> None:
    crawler = crawler_of(bench.task, folder)
    done: asyncio.Queue[list[str]] = asyncio.Queue()
    async with client(bench.task.concurrency) as over:

        @crawler.router.default_handler
        async def handle(context: PlaywrightCrawlingContext) -> None:
            await context.page.evaluate(SCROLL)
            await context.page.wait_for_load_state("networkidle")
            done.put_nowait(await fetch(over, await context.page.evaluate(PICTURES)))

        @crawler.failed_request_handler
        async def fail(*_: object) -> None:
            done.put_nowait([])

        running = asyncio.create_task(crawler.run())
        for url in bench.task.warm:
            await crawler.add_requests([url])
            await done.get()
        bench.ready()
        started = perf_counter()
        await crawler.add_requests(bench.task.pages)
        had = [await done.get() for _ in bench.task.pages]
        seconds = perf_counter() - started
        bench.done(seconds, [url for each in had for url in each], sum(not each for each in had))
        crawler.stop()
        await running


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        asyncio.run(run(Bench(), folder))
