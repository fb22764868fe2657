"""imagecrawler as a person has it: POST /scrape of a warm service, one page after the other."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "site"))

import httpx
from installation import installation
from protocol import Bench
from service import CALLS, Service


class Caller:
    """A user of the API, with a new campaign for each page."""

    def __init__(self, service: Service) -> None:
        from imagecrawler.config import load_config
        from imagecrawler.db.database import Database

        self._config = load_config()
        self._database = Database.from_config(self._config)
        self._client = httpx.AsyncClient(base_url=service.url + CALLS, timeout=120)

    async def close(self) -> None:
        await self._client.aclose()
        await self._database.close()

    async def scrape(self, url: str) -> dict[str, Any]:
        from imagecrawler.db.campaigns import add_campaign
        from imagecrawler.tokens import issue_token

        async with self._database.session() as db:
            campaign = await add_campaign(db, "Bench")
        token = issue_token(self._config, campaign.user_id, timedelta(hours=1))
        answer = await self._client.post(
            "/scrape",
            json={"campaign_id": str(campaign.id), "sales_page_url": url},
            headers={"Authorization": f"Bearer {token}"},
        )
        return dict(answer.raise_for_status().json())


async def run(bench: Bench, service: Service) -> None:
    caller = Caller(service)
    for url in bench.task.warm:
        await caller.scrape(url)
    bench.ready()
    started = perf_counter()
    answers = [await caller.scrape(url) for url in bench.task.pages]
    seconds = perf_counter() - started
    urls = [
        image["original_url"] for each in answers for image in each["images"] + each["rejected"]
    ]
    failures = sum(each["status"] != "succeeded" for each in answers)
    timings = [each["timings"] for each in answers]
    await asyncio.to_thread(bench.done, seconds, urls, failures, timings=timings)
    await caller.close()


if __name__ == "__main__":
    talk = Bench()
    with installation(talk.task.browser) as folder, Service(os.environ, folder / "log") as served:
        asyncio.run(run(talk, served))
