"""Plain ``scrapy crawl``, with the product's pipelines and exit codes."""

import json
from typing import Any

from installation import Installation
from serve import DemoShop


def _crawl(installation: Installation, **arguments: str) -> Any:
    pairs = [part for name, value in arguments.items() for part in ("-a", f"{name}={value}")]
    return installation.run("scrapy", "crawl", "sales_page", *pairs)


def test_a_crawl_leaves_rows_and_objects(
    installation: Installation, shop: DemoShop, campaign: str
) -> None:
    url = shop.url + "/products/summit-backpack"
    done = _crawl(installation, url=url, campaign_id=campaign, max_images="3")
    assert done.returncode == 0, done.stderr
    rows = installation.rows("SELECT r2_path FROM scraped_images WHERE campaign_id = %s", campaign)
    assert len(rows) == 3
    assert {row["r2_path"] for row in rows} == set(installation.objects())


def test_bad_arguments_crawl_nothing(installation: Installation) -> None:
    done = _crawl(installation, url="javascript:alert(1)")
    assert done.returncode == 2
    assert "ERROR: url: 'javascript:alert(1)' must begin with http://" in done.stderr
    assert "Traceback" not in done.stderr


def test_another_owner_s_campaign_is_unknown(
    installation: Installation, shop: DemoShop, campaign: str
) -> None:
    stranger = "00000000-0000-4000-8000-000000000000"
    done = _crawl(installation, url=shop.url, campaign_id=campaign, user_id=stranger)
    assert done.returncode == 2
    assert f"campaign {campaign}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_failed_job_is_a_failed_command(installation: Installation, shop: DemoShop) -> None:
    installation.environment["IMAGECRAWLER_LOG_FORMAT"] = "json"
    done = _crawl(installation, url=shop.url + "/nothing-here?token=hush")
    assert done.returncode == 1
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    [row] = installation.rows("SELECT id::text, campaign_id::text, url FROM scrape_jobs")
    [ended] = [line for line in lines if "HTTP 404" in line["message"]]
    assert (ended["level"], ended["job_id"]) == ("ERROR", row["id"])
    assert ended["campaign_id"] == row["campaign_id"]
    assert row["url"].endswith("hush")
    assert "hush" not in done.stderr
