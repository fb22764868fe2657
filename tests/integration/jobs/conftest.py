from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from imagecrawler.db.campaigns import Campaign, add_campaign
from imagecrawler.db.database import Database
from imagecrawler.items import Target
from imagecrawler.jobs.queue import JobQueue


@pytest.fixture
async def campaign(database: Database) -> Campaign:
    async with database.session() as db:
        return await add_campaign(db, "Test")


@pytest.fixture
def target(campaign: Campaign) -> Target:
    return Target("https://shop.example/p/1", campaign.id, campaign.user_id)


@pytest.fixture
def queue(database: Database) -> JobQueue:
    return JobQueue(database)


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Waits until a condition holds; fails when it does not within 20 seconds."""

    async def wait(condition: Callable[[], bool]) -> None:
        for _ in range(1000):
            if condition():
                return
            await asyncio.sleep(0.02)
        pytest.fail("it did not come to that")

    return wait
