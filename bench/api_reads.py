"""How many lists of 100 images a second the API serves, against the barest endpoint.

    python bench/api_reads.py [--seconds 3] [--rounds 3] [--clients 8]

The barest: FastAPI and SQLAlchemy reading the same rows of the same database through the same
pool, without tokens, tenants, headers, metrics or documented models. It is served by uvicorn, the
API by ``imagecrawler serve``. Both take turns and are asked over kept connections. Printed are the
medians of the rounds and the ratio, for each pool.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Annotated, Any
from uuid import UUID, uuid4

import uvicorn
from fastapi import Depends, FastAPI, Request
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.api.serve import serve
from imagecrawler.config import Config, load_config
from imagecrawler.db import migrate
from imagecrawler.db.campaigns import Campaign, add_campaign
from imagecrawler.db.database import Database
from imagecrawler.db.embedded import EmbeddedServer
from imagecrawler.db.models import ScrapedImage
from imagecrawler.imaging.scoring import COMPONENTS
from imagecrawler.tokens import issue_token

IMAGES = 100
COLUMNS = tuple(ScrapedImage.__table__.columns)


async def _session(request: Request) -> AsyncIterator[AsyncSession]:
    async with request.app.state.database.session() as db:
        yield db


def bare_app(config: Config) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.database = Database.from_config(config)
        yield
        await app.state.database.close()

    app = FastAPI(lifespan=lifespan)

    @app.get("/{campaign_id}")
    async def images(
        campaign_id: UUID, db: Annotated[AsyncSession, Depends(_session)]
    ) -> list[dict[str, Any]]:
        query = select(*COLUMNS).where(ScrapedImage.campaign_id == campaign_id)
        query = query.order_by(ScrapedImage.quality_score.desc()).limit(IMAGES)
        return [dict(row._mapping) for row in await db.execute(query)]

    return app


def serve_api(config: Config, port: int) -> None:
    serve(config, "127.0.0.1", port, workers=0)


def serve_bare(config: Config, port: int) -> None:
    uvicorn.run(bare_app(config), port=port, log_level="error", access_log=False)


@contextmanager
def served(run: Callable[[Config, int], None], settings: dict[str, Any]) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_start, args=(run, settings, port))
    process.start()
    try:
        yield port
    finally:
        process.terminate()
        process.join()


def _start(run: Callable[[Config, int], None], settings: dict[str, Any], port: int) -> None:
    run(load_config(**settings), port)


async def rate(port: int, path: str, token: str, clients: int, seconds: float) -> float:
    """Answers a second; every answer must be a 200 with all the images."""
    ends = perf_counter() + seconds
    asked = await asyncio.gather(*(_client(port, path, token, ends) for _ in range(clients)))
    return sum(asked) / seconds


async def _client(port: int, path: str, token: str, ends: float) -> int:
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while perf_counter() < ends:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        body = await reader.readexactly(int(head.partition(b"content-length:")[2].split()[0]))
        assert head.startswith(b"http/1.1 200"), head
        assert body.count(b'"r2_path"') == IMAGES
        count += 1
    writer.close()
    return count


async def _wait_for(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return


async def _fill(database_url: str) -> Campaign:
    database = Database(database_url)
    async with database.session() as db:
        campaign = await add_campaign(db, "Bench")
        await db.execute(insert(ScrapedImage), [_row(campaign, n) for n in range(IMAGES)])
    await database.close()
    return campaign


def _row(campaign: Campaign, number: int) -> dict[str, Any]:
    key = f"campaigns/{campaign.id}/scraped-images/product_{number:02}.jpg"
    names = (name for name, _ in COMPONENTS)
    return {
        "campaign_id": campaign.id,
        "user_id": campaign.user_id,
        "r2_path": key,
        "cdn_url": f"https://cdn.example.com/{key}",
        "original_url": f"https://shop.example.com/media/{uuid4()}-1600.jpg",
        "width": 1600,
        "height": 1600,
        "file_size": 210_000,
        "format": "jpeg",
        "quality_score": 90 - number / 2,
        "is_product": True,
        "alt_text": "A sneaker in sand, from the side",
        "context": "Trail sneaker | In sand | Free returns within thirty days",
        "details": {
            "score_breakdown": dict.fromkeys(names, 0.875),
            "phash": "eae0951d78610f9e",
            "sources": ["srcset", "img"],
            "page_url": "https://shop.example.com/products/trail-sneaker",
            "duplicates": [],
        },
    }


async def compare(settings: dict[str, Any], options: argparse.Namespace) -> None:
    campaign = await _fill(settings["database_url"])
    token = issue_token(load_config(**settings), campaign.user_id, timedelta(hours=1))
    api_path = f"/api/intelligence/product-images/{campaign.id}?limit={IMAGES}"
    with served(serve_api, settings) as api, served(serve_bare, settings) as bare:
        sides = ((api, api_path), (bare, f"/{campaign.id}"))
        rates: dict[int, list[float]] = {api: [], bare: []}
        for port, path in sides:
            await _wait_for(port)
            await rate(port, path, token, options.clients, 1)
        for _ in range(options.rounds):
            for port, path in sides:
                rates[port].append(await rate(port, path, token, options.clients, options.seconds))
    ours, least = median(rates[api]), median(rates[bare])
    print(f"{settings['db_pool']:>5}  api {ours:6.1f}/s  bare {least:6.1f}/s  {ours / least:.0%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="imagecrawler-bench-") as folder:
        server = EmbeddedServer(Path(folder))
        server.start()
        migrate.upgrade(server.url)
        for pool in ("null", "queue"):
            settings = {"data_dir": folder, "database_url": server.url, "db_pool": pool}
            settings |= {"log_level": "WARNING", "rate_limit": 0}
            asyncio.run(compare(settings, options))
        server.stop()


if __name__ == "__main__":
    main()
