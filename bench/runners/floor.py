"""Floors A and B as runners: ``BENCH_FLOOR`` is A (images in Chromium) or B (over HTTP)."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1]))

from floors import Floors
from product_shop import Page
from protocol import Bench


async def run(bench: Bench) -> None:
    task = bench.task
    turns = asyncio.Semaphore(task.concurrency)
    async with Floors(task.concurrency) as floors:
        fetch = floors.with_images if os.environ["BENCH_FLOOR"] == "A" else floors.without

        async def one(url: str) -> list[str]:
            async with turns:
                return list(await fetch(Page(url, task.expected)))

        for url in task.warm:
            await one(url)
        bench.ready()
        started = perf_counter()
        had = await asyncio.gather(*map(one, task.pages))
        bench.done(perf_counter() - started, [url for each in had for url in each])


if __name__ == "__main__":
    asyncio.run(run(Bench()))
