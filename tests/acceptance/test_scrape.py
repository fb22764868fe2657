"""``imagecrawler scrape`` on the demo shop."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from installation import Installation
from pictures import PictureStore
from serve import DemoShop

BACKPACK = "/products/summit-backpack"
ANSWER = [
    "success", "job_id", "campaign_id", "status", "detail", "images_found", "images_saved",
    "images_skipped", "images", "rejected", "timings",
]  # fmt: skip
METADATA = [
    "width", "height", "file_size", "format", "quality_score", "is_hero", "is_product",
    "is_lifestyle", "alt_text", "score_breakdown", "classification", "phash", "sources",
]  # fmt: skip


def test_the_response_is_the_contract_s(installation: Installation, shop: DemoShop) -> None:
    done = installation.scrape(shop.url + BACKPACK, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)

    assert list(answer) == ANSWER
    assert answer["success"] is True
    assert answer["status"] == "succeeded"
    assert answer["images_found"] == answer["images_saved"] + answer["images_skipped"]
    assert len(answer["images"]) == answer["images_saved"]
    assert len(answer["rejected"]) == answer["images_skipped"]
    for image in answer["images"]:
        assert list(image) == ["id", "url", "r2_path", "original_url", "metadata"]
        assert list(image["metadata"]) == METADATA
        assert image["id"]
        assert 0 <= image["metadata"]["quality_score"] <= 100


def test_rows_objects_and_answer_agree(
    installation: Installation, shop: DemoShop, campaign: str
) -> None:
    answer = installation.scrape_json(shop.url + BACKPACK, "--campaign", campaign)
    objects = installation.objects()
    rows = {row["r2_path"]: row for row in installation.rows("SELECT * FROM scraped_images")}

    assert set(objects) == set(rows) == {image["r2_path"] for image in answer["images"]}
    for key, row in rows.items():
        assert key.startswith(f"campaigns/{campaign}/scraped-images/")
        assert row["sha256"] == hashlib.sha256(objects[key]).hexdigest()
        assert row["file_size"] == len(objects[key])
        assert row["cdn_url"].endswith(key)
    [job] = installation.rows("SELECT * FROM scrape_jobs")
    assert (job["state"], job["outcome"]) == ("finished", "succeeded")
    assert job["images_saved"] == len(rows)
    assert job["images_found"] == answer["images_found"]


def test_the_demo_has_hero_product_and_lifestyle(
    installation: Installation, shop: DemoShop
) -> None:
    images = installation.scrape_json(shop.url + BACKPACK)["images"]
    assert images[0]["metadata"]["is_hero"]
    assert "backpack-front" in images[0]["original_url"]
    for flag in ("is_product", "is_lifestyle"):
        assert any(image["metadata"][flag] for image in images), flag


def test_the_same_page_twice_changes_nothing(
    installation: Installation, shop: DemoShop, campaign: str
) -> None:
    columns = "SELECT id, r2_path, cdn_url, sha256, quality_score, created_at FROM scraped_images"
    first = installation.scrape_json(shop.url + BACKPACK, "--campaign", campaign)
    rows, objects = installation.rows(columns + " ORDER BY id"), installation.objects()
    second = installation.scrape_json(shop.url + BACKPACK, "--campaign", campaign)

    assert [image["id"] for image in second["images"]] == [image["id"] for image in first["images"]]
    assert installation.rows(columns + " ORDER BY id") == rows
    assert installation.objects() == objects


def test_each_picture_crosses_the_network_once(installation: Installation, shop: DemoShop) -> None:
    before = len(shop.requests)
    installation.scrape_json(shop.url + BACKPACK)
    media = [path for _, path in shop.requests[before:] if path.startswith("/media/")]
    assert media
    assert len(media) == len(set(media))


def test_the_report_is_one_self_contained_page(
    installation: Installation, shop: DemoShop, tmp_path: Path
) -> None:
    report = tmp_path / "deep" / "report.html"
    done = installation.scrape(shop.url + BACKPACK, "--report", str(report))
    assert done.returncode == 0, done.stderr
    assert str(report) in done.stdout
    page = report.read_text("utf-8")
    assert "data:image/" in page
    assert 'src="http' not in page
    assert "Summit Backpack" in page


def test_a_page_that_needs_its_images_gets_them(installation: Installation, shop: DemoShop) -> None:
    answer = installation.scrape_json(shop.url + "/products/gated-lamp")
    saved = {image["original_url"] for image in answer["images"]}
    assert sum("lamp-" in url for url in saved) >= 2, saved
    assert answer["images"][0]["metadata"]["is_hero"]


def _ours(stderr: str) -> str:
    """What the command itself says, without the progress of the crawl."""
    lines = stderr.splitlines(keepends=True)
    return "".join(line for line in lines if line.startswith("imagecrawler:"))


def test_a_failed_job_says_why_beside_its_answer_and_its_report(
    installation: Installation, shop: DemoShop, one_line: Callable[[str], str], tmp_path: Path
) -> None:
    report = tmp_path / "report.html"
    done = installation.scrape(shop.url + "/text-only", "--json", "--report", str(report))
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    assert answer["status"] == "failed"
    expected = f"imagecrawler: {shop.url}/text-only: {answer['detail']}"
    assert one_line(_ours(done.stderr)) == expected
    assert str(report) in done.stderr.replace("\n", "")
    assert "<html" in report.read_text("utf-8")


def test_a_report_that_cannot_be_written_costs_no_answer(
    installation: Installation, shop: DemoShop, one_line: Callable[[str], str], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    url = shop.url + BACKPACK
    done = installation.scrape(url, "--json", "--report", str(tmp_path / "file" / "report.html"))
    assert done.returncode == 0
    assert json.loads(done.stdout)["status"] == "succeeded"
    assert "the report was not written: " in one_line(_ours(done.stderr))
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/nothing-here", "HTTP 404"),
        ("/500", "HTTP 500"),
        ("/empty", "the site shows an empty page"),
        ("/text-only", "no picture on the page"),
        ("/private/prices", "robots.txt"),
        ("/manual.pdf", "not an HTML page"),
    ],
)
def test_a_page_that_cannot_be_crawled_is_one_line(
    installation: Installation,
    shop: DemoShop,
    one_line: Callable[[str], str],
    path: str,
    words: str,
) -> None:
    done = installation.scrape(shop.url + path)
    assert done.returncode == 1
    assert done.stdout == ""
    line = one_line(_ours(done.stderr))
    assert shop.url + path in line
    assert words in line
    assert "Traceback" not in done.stderr
    [job] = installation.rows("SELECT outcome, detail FROM scrape_jobs")
    assert job["outcome"] in ("failed", "blocked")
    assert words in job["detail"]
    assert installation.objects() == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["shop.example/p"], "http://"),
        (["ftp://shop.example/p"], "ftp://shop.example/p"),
        (["http://127.0.0.1/", "--max-images", "0"], "max_images"),
        (["http://127.0.0.1/", "--max-images", "many"], "max_images"),
        (["http://127.0.0.1/", "--campaign", "abc-123"], "campaign_id"),
        (
            ["http://127.0.0.1/", "--campaign", "00000000-0000-4000-8000-000000000000"],
            "campaign add",
        ),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_crawled(
    installation: Installation, one_line: Callable[[str], str], arguments: list[str], words: str
) -> None:
    done = installation.scrape(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert words in one_line(done.stderr)
    assert installation.rows("SELECT 1 FROM scrape_jobs") == []


def test_an_unresolvable_host_is_named(installation: Installation) -> None:
    done = installation.scrape("http://no-such-host.invalid/")
    assert done.returncode == 1
    assert "no-such-host.invalid" in done.stderr
    assert "check the host's name" in done.stderr


def test_the_internal_network_stays_out_of_reach(
    installation: Installation, shop: DemoShop
) -> None:
    before = len(shop.requests)
    done = installation.scrape(shop.url + BACKPACK, IMAGECRAWLER_EGRESS_ALLOW="")
    assert done.returncode == 1
    assert "IMAGECRAWLER_EGRESS_ALLOW" in done.stderr
    assert len(shop.requests) == before


def test_an_unreachable_database_is_one_line(
    installation: Installation, shop: DemoShop, one_line: Callable[[str], str]
) -> None:
    url = "postgresql://me:hush-hush@127.0.0.1:1/nothing"
    done = installation.scrape(shop.url + BACKPACK, IMAGECRAWLER_DATABASE_URL=url)
    assert done.returncode == 1
    assert "127.0.0.1:1/nothing" in one_line(done.stderr)
    assert "hush-hush" not in done.stderr


def test_a_missing_store_credential_is_one_line(
    installation: Installation, shop: DemoShop, one_line: Callable[[str], str]
) -> None:
    done = installation.scrape(shop.url + BACKPACK, IMAGECRAWLER_STORAGE_URL="r2://bucket")
    assert done.returncode == 2
    assert "IMAGECRAWLER_R2_" in one_line(done.stderr)


def test_pictures_that_a_page_brings_along_are_saved_and_not_fetched(
    installation: Installation, shop: DemoShop
) -> None:
    answer = installation.scrape_json(shop.url + "/embedded")
    bodies = [PictureStore().file(name, 800, "jpg") for name in ("lamp-front", "lamp-tilted")]
    digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in bodies}

    assert answer["status"] == "succeeded"
    assert {image["original_url"] for image in answer["images"]} == {
        f"{shop.url}/embedded#image-{digest[:32]}" for digest in digests
    }
    saved = {hashlib.sha256(body).hexdigest() for body in installation.objects().values()}
    assert saved == digests
    assert {path for _, path in shop.requests} == {"/robots.txt", "/embedded"}
