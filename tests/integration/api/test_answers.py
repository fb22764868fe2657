"""Errors as problem documents, and the headers of every answer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from imagecrawler.api.headers import MAX_BODY, SECURITY
from imagecrawler.db.campaigns import Campaign
from imagecrawler.db.database import Database
from imagecrawler.db.repository import ScrapedImageRepository


def _assert_problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert problem["type"] == "about:blank"
    return problem


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "http://api.test/nothing", 404),
        ("GET", "http://api.test/docs/nothing", 404),
        ("PUT", "/scrape", 405),
        ("PATCH", "/campaigns", 405),
        ("GET", "/abc-123", 422),
        ("DELETE", "/abc-123/def-456", 422),
        ("POST", "/scrape", 422),
    ],
)
async def test_an_error_is_a_problem_document(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path)
    _assert_problem(answer, status)
    if status == 405:
        assert answer.headers["Allow"]


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b'"text"', b"null", b"[" * 10_000])
async def test_a_body_that_is_no_object(client: httpx.AsyncClient, content: bytes) -> None:
    answer = await client.post("/scrape", content=content)
    assert answer.status_code in (400, 422)
    _assert_problem(answer, answer.status_code)


async def test_a_body_that_is_too_large(client: httpx.AsyncClient) -> None:
    _assert_problem(await client.post("/scrape", content=b" " * (MAX_BODY + 1)), 413)


async def test_a_body_that_is_too_large_without_saying_so(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY // 1000 + 1):
            yield b" " * 1000

    _assert_problem(await client.post("/scrape", content=chunks()), 413)


async def test_a_database_that_is_away_is_a_503_without_its_address(
    client: httpx.AsyncClient, campaign: Campaign, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Database("postgresql://somebody:hush@127.0.0.1:1/none")
    object.__setattr__(app.state.services, "database", away)
    for path in (f"/{campaign.id}", "http://api.test/readyz"):
        answer = await client.get(path)
        _assert_problem(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
        assert "hush" not in answer.text
        assert "127.0.0.1" not in answer.text
    assert (await client.get("http://api.test/healthz")).json() == {"status": "ok"}
    metrics = await client.get("http://api.test/metrics")
    assert metrics.status_code == 200
    assert 'status="503"' in metrics.text
    await away.close()


@pytest.mark.parametrize("path", ["/campaigns", "http://api.test/nothing", "/abc"])
async def test_every_answer_is_guarded(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"


async def test_a_failure_is_guarded_too(
    client: httpx.AsyncClient, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(**_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(ScrapedImageRepository, "get_most_used", broken)
    answer = await client.get(f"/{campaign.id}/most-used")
    _assert_problem(answer, 500)
    assert dict(SECURITY).items() <= {name: answer.headers[name] for name, _ in SECURITY}.items()


@pytest.mark.parametrize("settings", [{"rate_limit": 3}])
async def test_who_asks_too_often_is_told_when_to_come_again(
    client: httpx.AsyncClient, bearer: Callable[[UUID], dict[str, str]]
) -> None:
    answers = [await client.get("/campaigns") for _ in range(4)]
    assert [each.status_code for each in answers[:3]] == [200] * 3
    _assert_problem(answers[3], 429)
    assert 0 < int(answers[3].headers["Retry-After"]) <= 21
    _assert_problem(await client.post("/scrape", json={}), 429)
    other = await client.get("/campaigns", headers=bearer(uuid4()))
    assert other.status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "http://user:secret@shop.example/",
        "file:///etc/passwd",
        "http://shop.example/\x00",
        "http://shop.example/\n<script>",
        "http://" + "a" * 5000,
    ],
)
async def test_a_page_s_address_is_checked_before_anything_is_done(
    client: httpx.AsyncClient, campaign: Campaign, url: str
) -> None:
    body = {"campaign_id": str(campaign.id), "sales_page_url": url}
    answer = await client.post("/scrape", json=body)
    problem = _assert_problem(answer, 422)
    assert problem["errors"][0]["field"] == "body.sales_page_url"
    assert "secret" not in answer.text


async def test_an_odd_host_is_crawled_as_what_it_is(
    client: httpx.AsyncClient, campaign: Campaign
) -> None:
    body = {"campaign_id": str(campaign.id), "sales_page_url": "http://\u2460\u2461\u2466.1/"}
    answer = await client.post("/scrape", json=body, headers={"Prefer": "respond-async"})
    job = (await client.get(f"http://api.test{answer.headers['Location']}")).json()
    assert job["sales_page_url"] == "http://127.0.0.1/"


async def test_half_a_character_is_no_failure_of_ours(client: httpx.AsyncClient) -> None:
    content = b'{"campaign_id": "\\ud800", "sales_page_url": "http://\\udfff.example/"}'
    answer = await client.post("/scrape", content=content)
    assert answer.status_code in (400, 422)
    _assert_problem(answer, answer.status_code)


PREFLIGHT = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "GET"}


async def test_no_other_origin_may_call(client: httpx.AsyncClient) -> None:
    answer = await client.options("/campaigns", headers=PREFLIGHT)
    assert "Access-Control-Allow-Origin" not in answer.headers
    answer = await client.get("/campaigns", headers={"Origin": "https://app.example.com"})
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("settings", [{"cors_origins": ("https://app.example.com",)}])
async def test_a_configured_origin_may_call(client: httpx.AsyncClient) -> None:
    answer = await client.options("/campaigns", headers=PREFLIGHT)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example.com"
    answer = await client.get("/campaigns", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_ready_and_counted(client: httpx.AsyncClient, campaign: Campaign) -> None:
    assert (await client.get("http://api.test/readyz")).json() == {"status": "ready"}
    body = {"campaign_id": str(campaign.id), "sales_page_url": "https://shop.example/p/1"}
    await client.post("/scrape", json=body, headers={"Prefer": "respond-async"})
    await client.get(f"/{campaign.id}/stats")
    await client.get("http://api.test/made/up")
    await client.request("BREW", f"/{campaign.id}")
    text = (await client.get("http://api.test/metrics")).text
    template = "/api/intelligence/product-images/{campaign_id}/stats"
    sample = f'imagecrawler_requests_total{{method="GET",route="{template}",status="200"}} 1.0'
    assert sample in text
    assert 'route="none",status="404"} 1.0' in text
    assert 'method="other"' in text
    assert 'imagecrawler_jobs{outcome="",state="queued"} 1.0' in text
    assert str(campaign.id) not in text


async def test_the_documentation_needs_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    page = await client.get("http://api.test/docs")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"].partition("style-src")[0]
    assert "://" not in page.text
    for name in ("start.js", "swagger-ui-bundle.js", "swagger-ui.css"):
        assert f"/docs/{name}" in page.text
        assert (await client.get(f"http://api.test/docs/{name}")).status_code == 200


async def test_the_openapi_document_is_whole(client: httpx.AsyncClient) -> None:
    document = (await client.get("http://api.test/openapi.json")).json()
    schemas = document["components"]["schemas"]
    text = json.dumps(document)
    references = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert references <= set(schemas)
    assert "ProblemDocument" in schemas
    assert schemas["ScrapeRequest"]["properties"]["sales_page_url"]["examples"]
