from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from imagecrawler.db.campaigns import Campaign
from imagecrawler.db.database import Database
from imagecrawler.db.pages import remember_page
from imagecrawler.db.repository import save_page
from imagecrawler.items import PageItem, Role

Work = Callable[..., Awaitable[PageItem]]
SavePage = Callable[..., Awaitable[PageItem]]


@pytest.fixture
async def job_id(client: httpx.AsyncClient, campaign: Campaign) -> str:
    """A job that waits."""
    body = {"campaign_id": str(campaign.id), "sales_page_url": "https://shop.example/p/1"}
    answer = await client.post("/scrape", json=body, headers={"Prefer": "respond-async"})
    job_id: str = answer.json()["job_id"]
    return job_id


async def _events(client: httpx.AsyncClient, job_id: str) -> list[tuple[str, dict[str, Any]]]:
    """Name and data of each event, once the stream has ended."""
    answer = await client.get(f"/jobs/{job_id}/events")
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    blocks = [dict(_field(line) for line in block.splitlines()) for block in _blocks(answer.text)]
    return [(block["event"], json.loads(block["data"])) for block in blocks]


def _blocks(text: str) -> list[str]:
    return [block for block in text.split("\n\n") if block and not block.startswith(":")]


def _field(line: str) -> tuple[str, str]:
    name, _, value = line.partition(": ")
    return name, value


async def test_a_job_as_it_waits(
    client: httpx.AsyncClient, campaign: Campaign, job_id: str
) -> None:
    job = (await client.get(f"/jobs/{job_id}")).json()
    assert job.pop("created_at").endswith("Z")
    assert job == {
        "job_id": job_id,
        "campaign_id": str(campaign.id),
        "sales_page_url": "https://shop.example/p/1",
        "max_images": 10,
        "state": "queued",
        "outcome": None,
        "detail": "",
        "images_found": 0,
        "images_saved": 0,
        "images_skipped": 0,
        "progress": {},
        "timings": {},
        "result": None,
        "changes": None,
        "started_at": None,
        "finished_at": None,
    }


async def test_a_job_of_a_page_that_has_not_changed(
    client: httpx.AsyncClient, database: Database, save: SavePage
) -> None:
    item = await save(("front", 90.0, Role.HERO))
    again = replace(item, job_id=uuid4(), stored=(), unchanged=True)
    async with database.session() as db:
        await remember_page(db, item, timedelta())
        await save_page(db, again)
    job = (await client.get(f"/jobs/{again.job_id}")).json()
    assert (job["state"], job["outcome"], job["detail"]) == ("finished", "succeeded", "")
    assert (job["images_saved"], job["result"]) == (1, None)
    nothing = {name: [] for name in ("added", "changed", "removed", "returned")}
    assert job["changes"] == {**nothing, "unchanged": True}


async def test_events_from_where_the_job_stands_to_its_end(
    client: httpx.AsyncClient, job_id: str, work: Work
) -> None:
    events, _ = await asyncio.gather(_events(client, job_id), work("rendered", "found", "stored"))
    assert events[0][0] == "state"
    assert events[0][1]["job_id"] == job_id
    stages = [data["stage"] for name, data in events if name == "stage"]
    order = ["queued", "started", "rendered", "found", "stored"]
    assert stages == [stage for stage in order if stage in stages]
    assert events[-1][0] == "finished"
    assert events[-1][1]["state"] == "finished"
    assert events[-1][1]["result"]["images_saved"] == 1
    assert [name for name, _ in events[1:-1]] == ["stage"] * len(stages)


async def test_stages_carry_their_counts(
    client: httpx.AsyncClient, job_id: str, work: Work
) -> None:
    listening = asyncio.create_task(_events(client, job_id))
    # Listen first, work then, or the stages are in the first event's progress.
    await asyncio.sleep(0.2)
    await work("found")
    events = await listening
    told = {data["stage"]: data for name, data in events if name == "stage"}
    known = events[0][1]["progress"] | told
    assert (known["found"]["count"], known["found"]["total"]) == (1, 2)


async def test_events_of_a_job_that_is_over(client: httpx.AsyncClient, save: SavePage) -> None:
    item = await save(("front", 90.0, Role.HERO))
    events = await _events(client, str(item.job_id))
    assert [name for name, _ in events] == ["state", "finished"]
    assert events[0][1] == events[1][1]


async def test_events_end_with_the_campaign(
    client: httpx.AsyncClient,
    campaign: Campaign,
    job_id: str,
    sql: Callable[..., list[tuple]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("imagecrawler.api.following.LOOK_SECONDS", 0.05)
    listening = asyncio.create_task(_events(client, job_id))
    await asyncio.sleep(0.2)
    sql("DELETE FROM campaigns WHERE id = %s", campaign.id)
    assert [name for name, _ in await listening] == ["state"]


@pytest.mark.parametrize("suffix", ["", "/events"])
async def test_a_job_that_is_not_there(client: httpx.AsyncClient, suffix: str) -> None:
    answer = await client.get(f"/jobs/{uuid4()}{suffix}")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "There is no such job."
    assert (await client.get(f"/jobs/first{suffix}")).status_code == 422
