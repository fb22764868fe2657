"""The processes of compose.yaml, run together by hand: no container engine is needed."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from composition import Composition
from installation import PROJECT, Installation
from serve import DemoShop
from stack import Stack, until

COMPOSE = PROJECT / "compose.yaml"
VARIABLES = {
    "POSTGRES_PASSWORD": "p@ss/word",
    "S3_SECRET_KEY": "hush-hush-secret",
    "IMAGECRAWLER_JWT_SECRET": "a secret of thirty-two bytes or more",
    "SCRAPYD_PASSWORD": "open-sesame",
    "IMAGECRAWLER_EGRESS_ALLOW": "127.0.0.0/8",
}
ENDS = {0, -signal.SIGTERM}
"""The entry point makes 0 of a death by SIGTERM, as scrapyd's: see test_dockerfile.py."""


def _free_port() -> str:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return str(listener.getsockname()[1])


@pytest.fixture
def port() -> str:
    return _free_port()


@pytest.fixture
def scrapyd_port() -> str:
    return _free_port()


@pytest.fixture
def stack(
    empty_database_url: str, endpoint: str, port: str, scrapyd_port: str, tmp_path: Path
) -> Iterator[Stack]:
    addresses = {
        "postgresql://imagecrawler@postgres/imagecrawler": empty_database_url,
        "http://s3:8333": endpoint,
        "http://localhost:8333": endpoint,
        "bind_address = 0.0.0.0": f"bind_address = 127.0.0.1\nhttp_port = {scrapyd_port}",
        "0.0.0.0": "127.0.0.1",
        "8000": port,
        "6800": scrapyd_port,
    }
    stack = Stack(Composition(COMPOSE, VARIABLES, addresses), tmp_path)
    try:
        yield stack
    finally:
        stack.kill()


def _scrape(stack: Stack, port: str, url: str) -> tuple[str, dict[str, Any]]:
    """The campaign, and the answer of POST /scrape."""
    added = stack.run("api", "imagecrawler", "campaign", "add", "Autumn").split()
    campaign, user = added[1], added[3]
    token = stack.run("api", "imagecrawler", "token", "--user", user).strip()
    answer = httpx.post(
        f"http://127.0.0.1:{port}/api/intelligence/product-images/scrape",
        headers={"Authorization": f"Bearer {token}"},
        json={"campaign_id": campaign, "sales_page_url": url, "max_images": 3},
        timeout=90,
    )
    assert answer.status_code == 200, answer.text
    return campaign, answer.json()


def _schedule(port: str, campaign: str, url: str) -> str:
    answer = httpx.post(
        f"http://127.0.0.1:{port}/schedule.json",
        auth=("operator", VARIABLES["SCRAPYD_PASSWORD"]),
        data={
            "project": "imagecrawler",
            "spider": "sales_page",
            "campaign_id": campaign,
            "url": url,
            "max_images": "2",
        },
        timeout=60,
    ).json()
    assert answer["status"] == "ok", answer
    job: str = answer["jobid"]
    return job


def _keys(endpoint: str) -> set[str]:
    secret = VARIABLES["S3_SECRET_KEY"]
    keys = {"aws_access_key_id": "imagecrawler", "aws_secret_access_key": secret}
    with closing(boto3.client("s3", endpoint_url=endpoint, **keys)) as s3:
        return {entry["Key"] for entry in s3.list_objects_v2(Bucket="imagecrawler")["Contents"]}


@pytest.mark.timeout(300)
def test_the_services_of_compose_work_together(
    stack: Stack,
    endpoint: str,
    port: str,
    scrapyd_port: str,
    empty_database_url: str,
    shop: DemoShop,
    tmp_path: Path,
) -> None:
    for one_shot in ("migrate", "bucket"):
        stack.run(one_shot)
    stack.start("api")
    stack.start("worker", count=2)
    stack.start("scrapyd")
    stack.until_healthy("api")
    campaign, answer = _scrape(stack, port, shop.url + "/products/ember-mug")
    assert answer["status"] == "succeeded", answer

    stack.until_healthy("scrapyd")
    job = _schedule(scrapyd_port, campaign, shop.url + "/products/summit-backpack")
    database = Installation({}, empty_database_url, tmp_path)
    finished = "SELECT outcome FROM scrape_jobs WHERE external_id = %s AND state = 'finished'"
    until(lambda: database.rows(finished, job))
    assert database.rows(finished, job) == [{"outcome": "succeeded"}]
    rows = database.rows("SELECT r2_path, cdn_url FROM scraped_images")
    keys = _keys(endpoint)
    assert len(rows) == len(keys) == 5
    assert {(row["r2_path"], row["cdn_url"]) for row in rows} == {
        (key, f"{endpoint}/imagecrawler/{key}") for key in keys
    }

    stack.until_logged("waiting for jobs", "worker-0.log", "worker-1.log")
    assert stack.files() == {"scrapy.cfg", "scrapyd.conf", "var/scrapyd"}
    codes = stack.stop()
    assert codes.pop("scrapyd") <= ENDS
    assert codes == {"api": {0}, "worker": {0}}
