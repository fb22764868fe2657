"""200 readers and 5 scrapes at once against ``imagecrawler serve``: errors, connections, memory.

    python bench/api_load.py [--rounds 4]

Each round asks 200 times at once for a campaign's images while 5 scrapes of the demo shop run.
Printed are the answers by status, the database's connections when all is quiet again, and the
memory of the service and its worker (not of Chromium) after each round.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "site"))

import httpx
import psutil
from serve import DemoShop
from service import CALLS, Service
from sqlalchemy import text

READERS = 200
SCRAPES = 5


async def one_round(client: httpx.AsyncClient, campaign: str, page: str) -> Counter[str]:
    body = {"campaign_id": campaign, "sales_page_url": page, "max_images": 10}
    scrapes = [client.post("/scrape", json=body) for _ in range(SCRAPES)]
    reads = [client.get(f"/{campaign}") for _ in range(READERS)]
    answers = await asyncio.gather(*scrapes, *reads, return_exceptions=True)
    return Counter(
        f"{answer.request.method} {answer.status_code}"
        if isinstance(answer, httpx.Response)
        else type(answer).__name__
        for answer in answers
    )


def memory() -> int:
    """MiB of this process's Python descendants."""
    family = psutil.Process().children(recursive=True)
    pythons = [each for each in family if "python" in each.name()]
    return sum(each.memory_info().rss for each in pythons) // 2**20


async def connections(database: Any) -> int:
    query = text("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
    async with database.session() as db:
        return int(await db.scalar(query)) - 1


async def load(service: Service, shop: DemoShop, rounds: int) -> None:
    from datetime import timedelta

    from imagecrawler.config import load_config
    from imagecrawler.db.campaigns import add_campaign
    from imagecrawler.db.database import Database
    from imagecrawler.tokens import issue_token

    config = load_config()
    database = Database.from_config(config)
    async with database.session() as db:
        campaign = await add_campaign(db, "Load")
    token = issue_token(config, campaign.user_id, timedelta(hours=1))
    limits = httpx.Limits(max_connections=READERS + SCRAPES)
    async with httpx.AsyncClient(
        base_url=service.url + CALLS,
        headers={"Authorization": f"Bearer {token}"},
        timeout=120,
        limits=limits,
    ) as client:
        page = shop.url + "/products/summit-backpack"
        await client.post("/scrape", json={"campaign_id": str(campaign.id), "sales_page_url": page})
        print(f"at rest          {await connections(database)} connections, {memory()} MiB")
        for number in range(1, rounds + 1):
            answers = await one_round(client, str(campaign.id), page)
            await asyncio.sleep(1)
            told = ", ".join(f"{count} x {name}" for name, count in sorted(answers.items()))
            quiet = f"{await connections(database)} connections, {memory()} MiB"
            print(f"after round {number}    {quiet}   {told}")
    await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4)
    options = parser.parse_args()
    with DemoShop() as shop, tempfile.TemporaryDirectory() as folder:
        shop.prepare()
        os.environ["IMAGECRAWLER_DATA_DIR"] = folder
        os.environ["IMAGECRAWLER_EGRESS_ALLOW"] = "127.0.0.0/8"
        os.environ["IMAGECRAWLER_RATE_LIMIT"] = "0"
        with Service(os.environ, Path(folder) / "log") as service:
            asyncio.run(load(service, shop, options.rounds))


if __name__ == "__main__":
    main()
