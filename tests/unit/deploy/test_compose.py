"""compose.yaml and its variant for R2, where the schema does not look."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from composition import Composition

from imagecrawler.config import PREFIX, Config, load_config
from imagecrawler.storage.bucket import locate
from pipelines.upload import UPLOAD_SECONDS

PROJECT = Path(__file__).parents[3]
VARIABLES = {
    "POSTGRES_PASSWORD": "postgres",
    "S3_SECRET_KEY": "hush",
    "IMAGECRAWLER_JWT_SECRET": "token",
    "SCRAPYD_PASSWORD": "scrapyd",
}
R2 = {
    "IMAGECRAWLER_STORAGE_URL": "r2://pictures",
    "IMAGECRAWLER_R2_ACCOUNT_ID": "account",
    "IMAGECRAWLER_R2_ACCESS_KEY_ID": "key",
    "IMAGECRAWLER_R2_SECRET_ACCESS_KEY": "secret",
    "IMAGECRAWLER_CDN_BASE_URL": "https://pictures.example.com",
}
SECRETS = {
    "PGPASSWORD": {"api", "worker", "scrapyd", "migrate"},
    "IMAGECRAWLER_R2_SECRET_ACCESS_KEY": {"api", "worker", "scrapyd", "bucket"},
    "IMAGECRAWLER_JWT_SECRET": {"api"},
    "SCRAPYD_PASSWORD": {"scrapyd"},
    "POSTGRES_PASSWORD": {"postgres"},
}


@pytest.fixture
def compose() -> Composition:
    return Composition(PROJECT / "compose.yaml", VARIABLES)


@pytest.fixture
def for_r2() -> Composition:
    return Composition(PROJECT / "deploy/compose.r2.yaml", R2)


def test_every_setting_is_one_that_there_is(compose: Composition, for_r2: Composition) -> None:
    known = {PREFIX + name.upper() for name in Config.model_fields}
    for composition in (compose, for_r2):
        for service in composition.services.values():
            names = {name for name in service.get("environment", {}) if name.startswith(PREFIX)}
            assert names <= known


def test_a_secret_is_known_where_it_is_needed(compose: Composition) -> None:
    for secret, services in SECRETS.items():
        assert {
            name for name in compose.services if secret in compose.environment(name)
        } == services


def test_a_worker_is_given_the_time_that_a_job_may_take(compose: Composition) -> None:
    assert compose.grace("worker") > Config.model_fields["page_budget"].default + UPLOAD_SECONDS


def test_anybody_reads_an_object_at_the_address_that_its_row_names(
    compose: Composition, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in compose.environment("worker").items():
        monkeypatch.setenv(name, value)
    bucket = locate(load_config())
    mine, anybody = json.loads(compose.configuration("s3"))["identities"]
    keys = {"accessKey": bucket.access_key_id, "secretKey": VARIABLES["S3_SECRET_KEY"]}
    assert mine["credentials"] == [keys]
    assert anybody == {"name": "anonymous", "actions": [f"Read:{bucket.name}"]}
    published = compose.services["s3"]["ports"][0].split(":")[-2]
    assert bucket.public_base == f"http://localhost:{published}/{bucket.name}"


def test_r2_takes_the_place_of_the_bundled_service(
    compose: Composition, for_r2: Composition, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = {
        name for name in compose.services if PREFIX + "STORAGE_URL" in compose.environment(name)
    }
    bundled = {name for name in for_r2.services if for_r2.services[name].get("profiles")}
    assert bundled == {"s3", "bucket"}
    assert for_r2.services.keys() - bundled == stored - bundled
    environment = {**compose.environment("worker"), **for_r2.environment("worker")}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    bucket = locate(load_config())
    assert bucket.endpoint == "https://account.r2.cloudflarestorage.com"
    assert (bucket.name, bucket.public_base) == ("pictures", "https://pictures.example.com")
