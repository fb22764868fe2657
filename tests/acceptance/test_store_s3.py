"""``imagecrawler scrape`` into a bucket of an S3 service."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import boto3
import pytest
from installation import Installation
from serve import DemoShop

BACKPACK = "/products/summit-backpack"
BUCKET = "campaign-pictures"
SECRET = "hush-hush-secret"
TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif"}


@pytest.fixture
def s3(endpoint: str) -> Iterator[Any]:
    """A client with the bucket made."""
    keys = {"aws_access_key_id": "anybody", "aws_secret_access_key": "anything"}
    session = boto3.session.Session(**keys, region_name="us-east-1")
    with closing(session.client("s3", endpoint_url=endpoint)) as client:
        client.create_bucket(Bucket=BUCKET)
        yield client


@pytest.fixture
def in_bucket(installation: Installation) -> Callable[..., Installation]:
    """The installation with a bucket for its store."""

    def configure(endpoint: str, bucket: str = BUCKET) -> Installation:
        installation.environment |= {
            "IMAGECRAWLER_STORAGE_URL": f"s3://{bucket}",
            "IMAGECRAWLER_R2_ENDPOINT_URL": endpoint,
            "IMAGECRAWLER_R2_ACCESS_KEY_ID": "crawler",
            "IMAGECRAWLER_R2_SECRET_ACCESS_KEY": SECRET,
        }
        return installation

    return configure


def _failed_scrape(installation: Installation, url: str) -> dict[str, Any]:
    done = installation.scrape(url, "--json", "--verbose", "--max-images", "3")
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stderr + done.stdout
    answer: dict[str, Any] = json.loads(done.stdout)
    assert answer["status"] == "failed"
    assert answer["images"] == []
    assert answer["images_found"] == answer["images_skipped"] == len(answer["rejected"])
    assert "upload_failed" in {image["reason"] for image in answer["rejected"]}
    assert installation.rows("SELECT 1 FROM scraped_images") == []
    [job] = installation.rows("SELECT outcome, detail FROM scrape_jobs")
    assert job == {"outcome": "failed", "detail": answer["detail"]}
    return answer


def test_rows_are_objects_and_a_second_crawl_uploads_nothing(
    in_bucket: Callable[..., Installation],
    endpoint: str,
    s3: Any,
    shop: DemoShop,
    campaign: str,
) -> None:
    installation = in_bucket(endpoint)
    arguments = (shop.url + BACKPACK, "--campaign", campaign, "--max-images", "4")
    answer = installation.scrape_json(*arguments)
    assert answer["status"] == "succeeded", answer["detail"]

    listed = s3.list_objects_v2(Bucket=BUCKET)["Contents"]
    rows = {row["r2_path"]: row for row in installation.rows("SELECT * FROM scraped_images")}
    assert len(rows) == 4
    assert {entry["Key"] for entry in listed} == set(rows)
    for key, row in rows.items():
        assert row["cdn_url"] == f"{endpoint}/{BUCKET}/{key}"
        _check_object(s3.head_object(Bucket=BUCKET, Key=key), key, row)

    again = installation.scrape_json(*arguments)
    assert [image["id"] for image in again["images"]] == [image["id"] for image in answer["images"]]
    assert s3.list_objects_v2(Bucket=BUCKET)["Contents"] == listed


def _check_object(found: dict[str, Any], key: str, row: Any) -> None:
    metadata = found["Metadata"]
    assert found["ContentLength"] == row["file_size"]
    assert found["ContentType"] == TYPES[key.rsplit(".", 1)[-1]]
    assert found["CacheControl"] == "public, max-age=31536000, immutable"
    assert metadata["campaign-id"] == str(row["campaign_id"])
    assert metadata["user-id"] == str(row["user_id"])
    assert metadata["sha256"] == row["sha256"]
    assert metadata["original-url"] == row["original_url"]


def test_a_known_page_goes_into_a_new_store(
    in_bucket: Callable[..., Installation], endpoint: str, s3: Any, shop: DemoShop, campaign: str
) -> None:
    arguments = (shop.url + BACKPACK, "--campaign", campaign, "--max-images", "3")
    installation = in_bucket(endpoint)
    installation.scrape_json(*arguments)
    s3.create_bucket(Bucket="moved-here")
    answer = in_bucket(endpoint, "moved-here").scrape_json(*arguments)

    assert answer["status"] == "succeeded", answer["detail"]
    listed = {entry["Key"] for entry in s3.list_objects_v2(Bucket="moved-here")["Contents"]}
    rows = installation.rows("SELECT r2_path, cdn_url FROM scraped_images")
    assert {row["r2_path"] for row in rows} == listed
    assert all(row["cdn_url"].startswith(f"{endpoint}/moved-here/") for row in rows)


def test_a_known_page_in_a_store_without_its_bucket_fails(
    in_bucket: Callable[..., Installation], endpoint: str, s3: Any, shop: DemoShop, campaign: str
) -> None:
    arguments = (shop.url + BACKPACK, "--campaign", campaign, "--max-images", "3")
    installation = in_bucket(endpoint)
    installation.scrape_json(*arguments)
    rows = installation.rows("SELECT * FROM scraped_images ORDER BY id")
    answer = in_bucket(endpoint, "no-such-bucket").scrape_json(*arguments)
    assert answer["status"] == "failed"
    assert "no such bucket" in answer["detail"]
    assert installation.rows("SELECT * FROM scraped_images ORDER BY id") == rows


def test_a_missing_bucket_fails_the_job_in_words(
    in_bucket: Callable[..., Installation], endpoint: str, shop: DemoShop
) -> None:
    answer = _failed_scrape(in_bucket(endpoint, "no-such-bucket"), shop.url + BACKPACK)
    assert "no such bucket" in answer["detail"]
    assert "IMAGECRAWLER_STORAGE_URL" in answer["detail"]


def test_a_service_that_is_down_fails_the_job_in_words(
    in_bucket: Callable[..., Installation], shop: DemoShop
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    installation = in_bucket(f"http://127.0.0.1:{port}")
    answer = _failed_scrape(installation, shop.url + BACKPACK)
    assert "3 of 3 uploads failed" in answer["detail"]
    assert "IMAGECRAWLER_R2_ENDPOINT_URL" in answer["detail"]
    assert answer["timings"]["upload"] < 60
