"""How long a person waits for POST /scrape, against what bare Playwright needs for the page.

    python bench/latency.py [--repeats 5] [--pages 4] [--latency 0.03] [--jobs 50]

Three runners take turns on the same pages, product_shop.py's and the demo shop's backpack, with
the same Chromium and the same flags: floors A and B of floors.py, and POST /scrape of
``imagecrawler serve`` with a warm worker, a new campaign each time, so that all is uploaded and
written. Printed are medians, the medians of the paired ratios, what ours spends its time on, and
how many of the page's pictures were found in their largest version. Then from a job's commit to
its start, with nothing else to do.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any, Self
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "site"))

import httpx
from floors import Floors
from product_pages import WIDTHS
from product_shop import Page, ProductShop, picture_of
from serve import DemoShop
from service import CALLS, Service

STAGES = ("render", "download", "score", "dedupe", "upload", "persist")
REST_SECONDS = 0.3


@dataclass
class Run:
    """One page by one runner; ``pictures`` are the shop's, with the width they were had in."""

    seconds: float
    pictures: dict[str, int]
    size: int
    timings: dict[str, float] = field(default_factory=dict)


class Ours:
    """The service's caller, and its database for what the API does not tell."""

    def __init__(self, service: Service) -> None:
        from imagecrawler.config import load_config
        from imagecrawler.db.database import Database

        self._service = service
        self._config = load_config()
        self._database = Database.from_config(self._config)

    async def __aenter__(self) -> Self:
        from imagecrawler.tokens import issue_token

        owner = await self._campaign()
        self._user = owner.user_id
        token = issue_token(self._config, self._user, timedelta(hours=2))
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.AsyncClient(
            base_url=self._service.url + CALLS, headers=headers, timeout=120
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()
        await self._database.close()

    async def _campaign(self, owner: UUID | None = None) -> Any:
        from imagecrawler.db.campaigns import add_campaign

        async with self._database.session() as db:
            return await add_campaign(db, "Bench", user_id=owner)

    async def scrape(self, page: Page) -> Run:
        campaign = await self._campaign(self._user)
        body = {"campaign_id": str(campaign.id), "sales_page_url": page.url, "max_images": 10}
        started = perf_counter()
        response = await self._client.post("/scrape", json=body)
        seconds = perf_counter() - started
        answer = response.raise_for_status().json()
        assert answer["status"] == "succeeded", answer
        urls = [each["original_url"] for each in (*answer["images"], *answer["rejected"])]
        size = sum(each["metadata"]["file_size"] for each in answer["images"])
        return Run(seconds, _pictures(urls), size, answer["timings"])

    async def start_delays(self, url: str, count: int) -> list[float]:
        """Seconds from just before each job's commit to its ``started_at``."""
        campaign = await self._campaign(self._user)
        return [await self._start_delay(campaign, url) for _ in range(count)]

    async def _start_delay(self, campaign: Any, url: str) -> float:
        from imagecrawler.db.job_views import get_job
        from imagecrawler.items import Target
        from imagecrawler.jobs.queue import JobQueue, Priority

        target = Target(url, campaign.id, self._user, 10)
        async with self._database.session() as db:
            queue = JobQueue(self._database)
            job_id = await queue.submit(db, target, priority=Priority.INTERACTIVE)
            committed = datetime.now(UTC)
        while True:
            await asyncio.sleep(REST_SECONDS)
            async with self._database.session() as db:
                job = await get_job(db, job_id)
            if job.state == "finished":
                return (job.started_at - committed).total_seconds()


def _pictures(urls: list[str]) -> dict[str, int]:
    """The widest version by picture."""
    found: dict[str, int] = {}
    for name, width in filter(None, map(picture_of, urls)):
        found[name] = max(width, found.get(name, 0))
    return found


async def timed(fetch: Callable[[Page], Awaitable[dict[str, bytes]]], page: Page) -> Run:
    started = perf_counter()
    bodies = await fetch(page)
    seconds = perf_counter() - started
    return Run(seconds, _pictures(list(bodies)), sum(map(len, bodies.values())))


async def measure(pages: list[Page], floors: Floors, ours: Ours, repeats: int) -> None:
    runners: dict[str, Callable[[Page], Awaitable[Run]]] = {
        "A": lambda page: timed(floors.with_images, page),
        "B": lambda page: timed(floors.without, page),
        "C": ours.scrape,
    }
    for run in runners.values():
        for page in pages[-2:]:
            await run(page)  # warm
    rounds: dict[Page, list[dict[str, Run]]] = defaultdict(list)
    names = list(runners)
    for _ in range(repeats):
        for page in pages:
            rounds[page].append({name: await runners[name](page) for name in names})
            names.append(names.pop(0))
    for page in pages:
        report(page.url.partition("/products/")[2], rounds[page])
    report("all", [each for page in pages for each in rounds[page]])


def report(title: str, rounds: list[dict[str, Run]]) -> None:
    seconds = {name: median(each[name].seconds for each in rounds) for name in "ABC"}
    told = "  ".join(f"{name} {value:.3f} s" for name, value in seconds.items())
    ratios = {name: [each["C"].seconds / each[name].seconds for each in rounds] for name in "AB"}
    paired = "  ".join(
        f"C/{name} {median(each):.2f} ({min(each):.2f} to {max(each):.2f})"
        for name, each in ratios.items()
    )
    print(f"{title:<16} {told}  {paired}")
    for name in "ABC" if title == "all" else "":
        _report_runner(name, [each[name] for each in rounds])


def _report_runner(name: str, runs: list[Run]) -> None:
    found = sum(len(run.pictures) for run in runs)
    widest = sum(width == WIDTHS[-1] for run in runs for width in run.pictures.values())
    size = sum(run.size for run in runs) / len(runs) / 2**20
    kept = "kept" if name == "C" else "taken"
    print(
        f"  {name}: {found} of the shop's pictures, {widest} at their widest, {size:.1f} MB {kept}"
    )
    if not runs[0].timings:
        return
    stages = {each: median(run.timings.get(each, 0.0) for run in runs) for each in STAGES}
    rest = median(run.seconds - sum(run.timings.values()) for run in runs)
    told = ", ".join(f"{stage} {value:.3f}" for stage, value in stages.items())
    print(f"     {told}, queue and answer {rest:.3f} s")


async def run(service: Service, shop: ProductShop, demo: DemoShop, options: Any) -> None:
    async with Floors() as floors, Ours(service) as ours:
        backpack = demo.url + "/products/summit-backpack"
        pages = [*shop.pages, Page(backpack, await floors.expected(backpack))]
        await measure(pages, floors, ours, options.repeats)
        if options.jobs:
            delays = await ours.start_delays(shop.url + "/nothing", options.jobs)
            p95 = quantiles(delays, n=20)[-1]
            print(
                f"from commit to start: {median(delays) * 1000:.0f} ms, "
                f"95 % within {p95 * 1000:.0f} ms ({len(delays)} jobs)"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--pages", type=int, default=4)
    parser.add_argument("--latency", type=float, default=0.03)
    parser.add_argument("--jobs", type=int, default=50)
    options = parser.parse_args()
    with (
        DemoShop(latency=options.latency) as demo,
        ProductShop(options.pages, options.latency) as shop,
        tempfile.TemporaryDirectory() as folder,
    ):
        demo.prepare()
        os.environ["IMAGECRAWLER_DATA_DIR"] = folder
        os.environ["IMAGECRAWLER_EGRESS_ALLOW"] = "127.0.0.0/8"
        os.environ["IMAGECRAWLER_QUOTA_HOURLY"] = "100000"
        os.environ["IMAGECRAWLER_RATE_LIMIT"] = "0"
        with Service(os.environ, Path(folder) / "log") as service:
            asyncio.run(run(service, shop, demo, options))


if __name__ == "__main__":
    main()
