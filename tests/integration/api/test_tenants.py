"""Every call of the API by somebody without a token, and by another tenant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from imagecrawler.api.app import create_app
from imagecrawler.config import load_config
from imagecrawler.db.campaigns import Campaign
from imagecrawler.items import PageItem, Role

#: Calls that name nobody's thing: what is somebody else's is just not in their answers.
OF_ONESELF = {("GET", "/api/intelligence/product-images/campaigns")}


def _calls() -> list[tuple[str, str]]:
    paths = create_app(load_config(jwt_secret="x" * 40, data_dir=Path("var"))).openapi()["paths"]
    return [
        (method.upper(), path)
        for path, methods in paths.items()
        for method in methods
        if path.startswith("/api/")
    ]


CALLS = _calls()


@pytest.fixture
async def address(save: Callable[..., Awaitable[PageItem]]) -> Callable[[str], str]:
    """Fills a path's template with things that the owner has."""
    item = await save(("front", 92.5, Role.HERO))
    known = {
        "campaign_id": item.target.campaign_id,
        "image_id": item.stored[0].id,
        "job_id": item.job_id,
    }
    return lambda template: f"http://api.test{template.format(**known)}"


def _body(method: str, template: str, campaign: Campaign) -> dict[str, str] | None:
    if template.endswith("/scrape"):
        return {"campaign_id": str(campaign.id), "sales_page_url": "https://shop.example/p/1"}
    return None


def test_the_calls_are_all_there() -> None:
    assert len(CALLS) == 9
    assert set(CALLS) > OF_ONESELF


@pytest.mark.parametrize(("method", "template"), CALLS)
async def test_the_owner_is_served(
    method: str,
    template: str,
    client: httpx.AsyncClient,
    address: Callable[[str], str],
    campaign: Campaign,
) -> None:
    answer = await client.request(
        method,
        address(template),
        json=_body(method, template, campaign),
        headers={"Prefer": "respond-async"},
    )
    assert answer.is_success, answer.text


@pytest.mark.parametrize(("method", "template"), CALLS)
async def test_without_a_token_nobody_is_served(
    method: str,
    template: str,
    client: httpx.AsyncClient,
    address: Callable[[str], str],
    campaign: Campaign,
) -> None:
    del client.headers["Authorization"]
    body = _body(method, template, campaign)
    answer = await client.request(method, address(template), json=body)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "template"), CALLS)
async def test_another_tenant_finds_nothing_and_changes_nothing(
    method: str,
    template: str,
    client: httpx.AsyncClient,
    address: Callable[[str], str],
    campaign: Campaign,
    bearer: Callable[[UUID], dict[str, str]],
    sql: Callable[..., list[tuple]],
) -> None:
    where, body = address(template), _body(method, template, campaign)
    before = _everything(sql)
    answer = await client.request(method, where, json=body, headers=bearer(uuid4()))
    if (method, template) in OF_ONESELF:
        assert answer.json() == {"success": True, "count": 0, "campaigns": []}
    else:
        assert answer.status_code == 404
        assert str(campaign.user_id) not in answer.text
    assert _everything(sql) == before


def _everything(sql: Callable[..., list[tuple]]) -> list[list[tuple]]:
    tables = ("scraped_images", "scrape_jobs", "deleted_objects", "procrastinate_jobs")
    return [sql(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1") for table in tables]
