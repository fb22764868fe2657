from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from imagecrawler.api import following
from imagecrawler.db.campaigns import Campaign
from imagecrawler.items import Outcome, PageItem, Reason, Rejection

Sql = Callable[..., list[tuple]]
Work = Callable[..., Awaitable[PageItem]]

ASYNC = {"Prefer": "respond-async"}


@pytest.fixture
def body(campaign: Campaign) -> dict[str, Any]:
    return {
        "campaign_id": str(campaign.id),
        "sales_page_url": "https://shop.example/p/1",
        "max_images": 5,
    }


async def test_the_answer_is_what_the_crawl_found(
    client: httpx.AsyncClient, body: dict[str, Any], work: Work
) -> None:
    logo = Rejection("https://shop.example/logo.svg", Reason.GRAPHIC, "a logo")
    answer, item = await asyncio.gather(
        client.post("/scrape", json=body),
        work(rejections=(logo,), timings={"rendered": 1.5}),
    )
    assert answer.status_code == 200
    found = answer.json()
    assert (found["success"], found["status"], found["job_id"]) == (
        True,
        "succeeded",
        str(item.job_id),
    )
    assert (found["images_found"], found["images_saved"], found["images_skipped"]) == (2, 1, 1)
    [image] = found["images"]
    assert image["id"] == str(item.stored[0].id)
    assert image["url"] == f"https://cdn.example/{image['r2_path']}"
    assert image["metadata"]["is_hero"]
    assert found["rejected"][0]["reason"] == "graphic"
    assert found["timings"] == {"rendered": 1.5}


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.BLOCKED])
async def test_a_page_that_cannot_be_crawled_is_an_answer(
    client: httpx.AsyncClient, body: dict[str, Any], work: Work, outcome: Outcome
) -> None:
    answer, _ = await asyncio.gather(
        client.post("/scrape", json=body), work(outcome=outcome, detail="the site says no")
    )
    assert answer.status_code == 200
    found = answer.json()
    assert (found["success"], found["status"]) == (False, outcome.value)
    assert found["detail"] == "the site says no"


async def test_an_event_that_is_lost_delays_the_answer_only(
    client: httpx.AsyncClient,
    body: dict[str, Any],
    work: Work,
    app: FastAPI,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.05)
    await app.state.services.events.close()
    answer, _ = await asyncio.gather(client.post("/scrape", json=body), work())
    assert answer.json()["success"]


async def test_who_does_not_wait_gets_the_address_of_the_job(
    client: httpx.AsyncClient, body: dict[str, Any], work: Work, sql: Sql
) -> None:
    answer = await client.post("/scrape", json=body, headers=ASYNC)
    assert answer.status_code == 202
    job_id = answer.json()["job_id"]
    assert answer.json()["status"] == "queued"
    assert answer.headers["Location"] == f"/api/intelligence/product-images/jobs/{job_id}"
    assert sql("SELECT priority, args ->> 'job_id' FROM procrastinate_jobs") == [(100, job_id)]
    await work()
    job = (await client.get(f"http://api.test{answer.headers['Location']}")).json()
    assert (job["state"], job["outcome"], job["images_saved"]) == ("finished", "succeeded", 1)
    assert job["result"]["images"][0]["r2_path"].startswith(f"campaigns/{body['campaign_id']}/")


@pytest.mark.parametrize("settings", [{"scrape_wait": 0.2}])
async def test_a_wait_that_runs_out_is_a_202(
    client: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    answer = await client.post("/scrape", json=body)
    assert answer.status_code == 202
    assert answer.headers["Location"].endswith(answer.json()["job_id"])


async def test_curl_that_calls_json_a_form_is_understood(
    client: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    content = f'{{"campaign_id": "{body["campaign_id"]}", "sales_page_url": "https://example.com"}}'
    headers = {"Content-Type": "application/x-www-form-urlencoded", **ASYNC}
    answer = await client.post("/scrape", content=content, headers=headers)
    assert answer.status_code == 202
    job = (await client.get(f"/jobs/{answer.json()['job_id']}")).json()
    assert (job["sales_page_url"], job["max_images"]) == ("https://example.com", 10)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"campaign_id": "abc-123"}, "body.campaign_id"),
        ({"sales_page_url": "ftp://shop.example/"}, "body.sales_page_url"),
        ({"sales_page_url": "https://user:pw@shop.example/"}, "body.sales_page_url"),
        ({"sales_page_url": f"https://shop.example/{'x' * 5000}"}, "body.sales_page_url"),
        ({"max_images": 0}, "body.max_images"),
        ({"max_images": 51}, "body.max_images"),
        ({"max_images": "many"}, "body.max_images"),
    ],
)
async def test_what_cannot_be_crawled_is_named(
    client: httpx.AsyncClient, body: dict[str, Any], change: dict[str, Any], field: str, sql: Sql
) -> None:
    answer = await client.post("/scrape", json=body | change)
    assert answer.status_code == 422
    problem = answer.json()
    assert [each["field"] for each in problem["errors"]] == [field]
    assert problem["detail"].startswith(field)
    assert sql("SELECT count(*) FROM scrape_jobs") == [(0,)]


async def test_the_same_key_again_is_the_same_job(
    client: httpx.AsyncClient, body: dict[str, Any], work: Work, sql: Sql
) -> None:
    headers = {"Idempotency-Key": "once", **ASYNC}
    posts = (client.post("/scrape", json=body, headers=headers) for _ in range(4))
    answers = await asyncio.gather(*posts)
    assert len({each.json()["job_id"] for each in answers}) == 1
    assert sql("SELECT count(*) FROM procrastinate_jobs") == [(1,)]
    await work()
    again = await client.post("/scrape", json=body, headers=headers)
    assert again.status_code == 200
    assert again.json()["job_id"] == answers[0].json()["job_id"]
    assert again.json()["images_saved"] == 1


async def test_a_key_stands_for_one_request(
    client: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    headers = {"Idempotency-Key": "once", **ASYNC}
    await client.post("/scrape", json=body, headers=headers)
    other = body | {"sales_page_url": "https://shop.example/p/2"}
    answer = await client.post("/scrape", json=other, headers=headers)
    assert answer.status_code == 422
    assert "once" in answer.json()["detail"]


@pytest.mark.parametrize("settings", [{"quota_concurrent": 2}])
async def test_who_has_too_many_jobs_waits(
    client: httpx.AsyncClient, body: dict[str, Any], work: Work, sql: Sql
) -> None:
    headers = {"Idempotency-Key": "first", **ASYNC}
    await client.post("/scrape", json=body, headers=headers)
    more = await asyncio.gather(
        *(client.post("/scrape", json=body, headers=ASYNC) for _ in range(4))
    )
    assert sorted(each.status_code for each in more) == [202, 429, 429, 429]
    refused = next(each for each in more if each.status_code == 429)
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert "2 of your scrapes" in refused.json()["detail"]
    assert sql("SELECT count(*) FROM procrastinate_jobs") == [(2,)]
    # What was asked for before is no new scrape.
    assert (await client.post("/scrape", json=body, headers=headers)).status_code == 202
    await work()
    assert (await client.post("/scrape", json=body, headers=ASYNC)).status_code == 202


@pytest.mark.parametrize("settings", [{"quota_hourly": 1}])
async def test_who_had_enough_for_an_hour_is_told_when_to_come_again(
    client: httpx.AsyncClient, body: dict[str, Any], work: Work, sql: Sql
) -> None:
    await client.post("/scrape", json=body, headers=ASYNC)
    await work()
    sql("UPDATE scrape_jobs SET created_at = now() - interval '50 minutes'")
    answer = await client.post("/scrape", json=body, headers=ASYNC)
    assert answer.status_code == 429
    assert 500 < int(answer.headers["Retry-After"]) <= 601
    sql("UPDATE scrape_jobs SET created_at = now() - interval '61 minutes'")
    assert (await client.post("/scrape", json=body, headers=ASYNC)).status_code == 202


@pytest.mark.parametrize("settings", [{"quota_concurrent": 1}])
async def test_a_quota_is_each_users_own(
    client: httpx.AsyncClient,
    body: dict[str, Any],
    bearer: Callable[[UUID], dict[str, str]],
    sql: Sql,
) -> None:
    [(user_id, other)] = sql(
        "WITH owner AS (INSERT INTO users (id) VALUES (gen_random_uuid()) RETURNING id) "
        "INSERT INTO campaigns (user_id, name) SELECT id, 'Theirs' FROM owner "
        "RETURNING user_id, id"
    )
    assert (await client.post("/scrape", json=body, headers=ASYNC)).status_code == 202
    theirs = body | {"campaign_id": str(other)}
    headers = {**bearer(UUID(str(user_id))), **ASYNC}
    assert (await client.post("/scrape", json=theirs, headers=headers)).status_code == 202


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    """The app behind a real server, where a caller can hang up."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    [port] = {each.getsockname()[1] for each in server.servers[0].sockets}
    yield f"http://127.0.0.1:{port}/api/intelligence/product-images"
    server.should_exit = True
    await serving


async def test_a_caller_who_hangs_up_leaves_the_job_alive(
    client: httpx.AsyncClient, address: str, body: dict[str, Any], work: Work, sql: Sql
) -> None:
    async with httpx.AsyncClient(headers=client.headers) as caller:
        call = asyncio.create_task(caller.post(f"{address}/scrape", json=body))
        while not sql("SELECT 1 FROM procrastinate_jobs"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        call.cancel()
        await asyncio.wait({call})
    item = await work()
    job = (await client.get(f"/jobs/{item.job_id}")).json()
    assert (job["state"], job["outcome"]) == ("finished", "succeeded")
    assert sql("SELECT count(*) FROM scrape_jobs") == [(1,)]


async def test_a_follower_who_hangs_up_is_forgotten(
    client: httpx.AsyncClient, address: str, body: dict[str, Any], app: FastAPI
) -> None:
    job_id = (await client.post("/scrape", json=body, headers=ASYNC)).json()["job_id"]
    subscribers = app.state.services.events._subscribers
    async with (
        httpx.AsyncClient(headers=client.headers) as caller,
        caller.stream("GET", f"{address}/jobs/{job_id}/events") as stream,
    ):
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        async for line in stream.aiter_lines():
            if line.startswith("data:"):
                break
        assert len(subscribers[UUID(job_id)]) == 1
    while UUID(job_id) in subscribers:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
