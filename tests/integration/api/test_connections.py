"""No connection to PostgreSQL outlives its request, and a burst does not use them up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI

from imagecrawler.api.services import SESSIONS, Services
from imagecrawler.db.campaigns import Campaign
from imagecrawler.db.repository import ScrapedImageRepository

Sql = Callable[..., list[tuple]]

OPEN = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND query NOT LIKE 'LISTEN%'"
)


@pytest.fixture
def nothing_stays_open(sql: Sql) -> Callable[[], None]:
    """Waits for PostgreSQL's backends, which end a moment after their connections."""

    def check() -> None:
        while sql(OPEN) != [(0,)]:
            sql("SELECT pg_sleep(0.02)")

    return check


@pytest.mark.timeout(60)
async def test_a_burst_of_reads_is_served_with_few_connections(
    client: httpx.AsyncClient,
    campaign: Campaign,
    sql: Sql,
    nothing_stays_open: Callable[[], None],
) -> None:
    reads = asyncio.gather(*(client.get(f"/{campaign.id}") for _ in range(200)))
    most = 0
    while not reads.done():
        most = max(most, (await asyncio.to_thread(sql, OPEN))[0][0])
    assert {each.status_code for each in await reads} == {200}
    # One more may still be on its way out while the next is on its way in.
    assert most <= 2 * SESSIONS
    nothing_stays_open()


async def test_a_request_that_fails_leaves_no_connection(
    client: httpx.AsyncClient,
    campaign: Campaign,
    monkeypatch: pytest.MonkeyPatch,
    nothing_stays_open: Callable[[], None],
) -> None:
    async def broken(**_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(ScrapedImageRepository, "get_most_used", broken)
    answer = await client.get(f"/{campaign.id}/most-used")
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "boom" not in answer.text
    nothing_stays_open()


async def test_a_request_that_is_cancelled_leaves_no_connection(
    client: httpx.AsyncClient,
    campaign: Campaign,
    app: FastAPI,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
    nothing_stays_open: Callable[[], None],
) -> None:
    entered = asyncio.Event()

    async def slow(**_: object) -> None:
        entered.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(ScrapedImageRepository, "get_most_used", slow)
    request = asyncio.create_task(client.get(f"/{campaign.id}/most-used"))
    await entered.wait()
    request.cancel()
    await asyncio.wait({request})
    assert request.cancelled()
    nothing_stays_open()
    assert not services.gate.locked()
