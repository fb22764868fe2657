"""``imagecrawler reconcile`` after a crawl whose rows, then one of its objects, were lost."""

from __future__ import annotations

import json
import subprocess

from installation import Installation
from serve import DemoShop

ROWS = """
    SELECT r2_path, cdn_url, original_url, sha256, phash, width, height, file_size, format,
        quality_score, is_hero, is_product, is_lifestyle, alt_text, metadata->'sources' AS sources,
        metadata->'page_url' AS page_url FROM scraped_images ORDER BY r2_path
"""


def _reconcile(installation: Installation, *options: str) -> subprocess.CompletedProcess[str]:
    return installation.run("imagecrawler", "reconcile", *options)


def test_lost_rows_are_rebuilt_and_lost_objects_told(
    installation: Installation, shop: DemoShop, campaign: str
) -> None:
    url = shop.url + "/products/summit-backpack"
    answer = installation.scrape_json(url, "--campaign", campaign)
    before = installation.rows(ROWS)
    count = len(before)
    installation.rows("TRUNCATE scraped_images")

    compared = _reconcile(installation, "--grace", "0")
    assert compared.returncode == 1, compared.stderr
    *lines, summary = compared.stdout.splitlines()
    keys = {image["r2_path"] for image in answer["images"]}
    assert {line.split()[2].rstrip(":") for line in lines} == keys
    assert summary == f"{count} objects, 0 rows: {count} unrecorded; {count} to be mended"
    assert installation.rows(ROWS) == []

    mended = _reconcile(installation, "--fix", "--grace", "0")
    assert mended.returncode == 0, mended.stderr
    assert installation.rows(ROWS) == before

    lost = before[0]["r2_path"]
    (installation.media / lost).unlink()
    told = _reconcile(installation, "--json")
    assert told.returncode == 1, told.stderr
    report = json.loads(told.stdout)
    assert (report["objects"], report["rows"], report["remaining"]) == (count - 1, count, 1)
    [difference] = report["differences"]
    assert (difference["kind"], difference["key"]) == ("missing", lost)
    assert difference["campaign_id"] == campaign
    assert difference["url"] == before[0]["original_url"]


def test_a_store_that_cannot_be_listed_is_one_line(installation: Installation) -> None:
    (installation.folder / "file").touch()
    done = installation.run(
        *("imagecrawler", "reconcile"),
        IMAGECRAWLER_STORAGE_URL=f"file://{installation.folder}/file",
    )
    assert done.returncode == 1, done.stdout
    assert "IMAGECRAWLER_STORAGE_URL" in done.stderr
    assert len(done.stderr.splitlines()) == 1
