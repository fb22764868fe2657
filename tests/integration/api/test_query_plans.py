"""Every statement of the API finds its rows by an index: PostgreSQL's own plans say so.

Fifty thousand images of a thousand campaigns are enough for the planner to choose as it does among
millions; ``bench/database_scale.py`` measures it there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.engine import Engine

from imagecrawler.db.campaigns import Campaign

#: Tables that grow with the campaigns; of the others each is read as a whole or by its key.
LARGE = {"scraped_images", "scrape_jobs", "sales_pages", "object_keys", "campaigns", "users"}

#: The first campaign is the one that is asked for; a hundred users have ten each.
FILL = """
    INSERT INTO users (id) SELECT md5('u' || n)::uuid FROM generate_series(1, 2000) n;
    INSERT INTO campaigns (id, user_id, name)
        SELECT md5('c' || n)::uuid, md5('u' || n / 10 + 1)::uuid, 'c'
        FROM generate_series(0, 989) n;
    INSERT INTO scrape_jobs (id, campaign_id, user_id, url, max_images, state, outcome, finished_at)
        SELECT md5('j' || id || n)::uuid, id, user_id, 'https://shop.example/' || n, 10, 'finished',
            'failed', now() - n * interval '1 day'
        FROM campaigns, generate_series(1, 20) n;
    INSERT INTO sales_pages (campaign_id, user_id, url, next_due_at)
        SELECT id, user_id, 'https://shop.example/' || n, now() + n * interval '1 day'
        FROM campaigns, generate_series(1, 5) n;
    INSERT INTO scraped_images (campaign_id, user_id, r2_path, cdn_url, sha256, width, height,
        file_size, format, quality_score, is_hero, is_product, times_used)
    SELECT id, user_id, key, 'https://cdn.example/' || key, md5(key) || md5(id::text), 9, 9, 9,
        'jpeg', n, n % 10 = 0, n % 2 = 0, n % 5
    FROM campaigns, generate_series(1, 50) n,
        LATERAL (SELECT 'campaigns/' || id || '/scraped-images/product_' || n || '.jpg' AS key) k
"""
ANALYZE = "VACUUM ANALYZE"


@pytest.fixture
def filled(campaign: Campaign, sql: Callable[..., list[tuple]]) -> Campaign:
    sql(FILL)
    sql(ANALYZE)
    return campaign


@pytest.fixture
def plans() -> Iterator[dict[str, dict[str, Any]]]:
    """The plan of every statement, as it is issued, with its values."""
    found: dict[str, dict[str, Any]] = {}

    def explain(_: Any, cursor: Any, statement: str, values: Any, *__: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", values)
            answer = cursor.fetchone()[0]
            [plan] = json.loads(answer) if isinstance(answer, str) else answer
            found[statement] = plan["Plan"]

    event.listen(Engine, "before_cursor_execute", explain)
    yield found
    event.remove(Engine, "before_cursor_execute", explain)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from nodes(each)


def scanned(plans: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Large tables that are read from beginning to end, by statement."""
    return {
        statement: node["Relation Name"]
        for statement, plan in plans.items()
        for node in nodes(plan)
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in LARGE
    }


def tables(plans: dict[str, dict[str, Any]]) -> set[str]:
    return {node.get("Relation Name", "") for plan in plans.values() for node in nodes(plan)}


async def ask_everything(
    client: httpx.AsyncClient, campaign: Campaign, image: UUID
) -> list[httpx.Response]:
    page = {"campaign_id": str(campaign.id), "sales_page_url": "https://shop.example/p"}
    headers = {"Prefer": "respond-async", "Idempotency-Key": "once"}
    first = [await client.post("/scrape", json=page, headers=headers) for _ in range(2)]
    job = first[0].json()["job_id"]
    paths = ("", "?image_type=hero", "?limit=9&offset=9", "/stats", "/most-used")
    return [
        *first,
        await client.get("/campaigns"),
        *[await client.get(f"/{campaign.id}{path}") for path in paths],
        await client.get(f"/jobs/{job}"),
        await client.post(f"/{campaign.id}/{image}/usage"),
        await client.delete(f"/{campaign.id}/{image}"),
        await client.get("http://api.test/metrics"),
        await client.get("http://api.test/readyz"),
    ]


async def test_no_call_reads_a_large_table_from_end_to_end(
    app: FastAPI,
    client: httpx.AsyncClient,
    filled: Campaign,
    plans: dict[str, dict[str, Any]],
    bearer: Callable[[UUID], dict[str, str]],
    sql: Callable[..., list[tuple]],
) -> None:
    [row] = sql("SELECT campaign_id, user_id, id FROM scraped_images LIMIT 1")
    campaign_id, user_id, image = map(UUID, row)
    client.headers.update(bearer(user_id))
    answers = await ask_everything(client, Campaign(campaign_id, user_id), image)
    assert [answer.text for answer in answers if not answer.is_success] == []
    assert tables(plans) >= LARGE - {"object_keys"}
    assert scanned(plans) == {}


async def test_figures_of_a_campaign_come_from_the_index_alone(
    client: httpx.AsyncClient, filled: Campaign, plans: dict[str, dict[str, Any]]
) -> None:
    await client.get(f"/{filled.id}/stats")
    [plan] = [plan for statement, plan in plans.items() if "avg(" in statement]
    [scan] = [node for node in nodes(plan) if "Relation Name" in node]
    assert scan["Node Type"] == "Index Only Scan"
