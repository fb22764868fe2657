from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from imagecrawler.config import Config, load_config
from imagecrawler.errors import BadConfiguration
from imagecrawler.storage import open_store
from imagecrawler.storage.bucket import locate
from imagecrawler.storage.filesystem import FilesystemStore
from imagecrawler.storage.r2 import S3Store

R2 = {
    "storage_url": "r2://pictures",
    "r2_account_id": "0123456789abcdef",
    "r2_access_key_id": "id",
    "r2_secret_access_key": "do-not-tell-anybody",
    "cdn_base_url": "https://cdn.example",
}
KEY = "campaigns/one/hero 01.jpg"


def config(**settings: Any) -> Config:
    return load_config(_env_file=None, **settings)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Config.model_fields:
        monkeypatch.delenv(f"IMAGECRAWLER_{name.upper()}", raising=False)


@pytest.mark.parametrize(
    ("storage_url", "kind"),
    [
        ("", FilesystemStore),
        ("file:///srv/media", FilesystemStore),
        ("r2://pictures", S3Store),
        ("s3://pictures", S3Store),
    ],
)
def test_the_scheme_chooses_the_store(storage_url: str, kind: type) -> None:
    assert isinstance(open_store(config(**{**R2, "storage_url": storage_url})), kind)


@pytest.mark.parametrize(
    ("changes", "variable"),
    [
        ({"r2_account_id": ""}, "R2_ACCOUNT_ID"),
        ({"r2_account_id": "not/an.account"}, "R2_ACCOUNT_ID"),
        ({"r2_access_key_id": ""}, "R2_ACCESS_KEY_ID"),
        ({"r2_secret_access_key": None}, "R2_SECRET_ACCESS_KEY"),
        ({"r2_secret_access_key": ""}, "R2_SECRET_ACCESS_KEY"),
        ({"cdn_base_url": ""}, "CDN_BASE_URL"),
        ({"cdn_base_url": "cdn.example"}, "CDN_BASE_URL"),
        ({"cdn_base_url": "https://id:do-not-tell-anybody@cdn.example"}, "CDN_BASE_URL"),
        ({"storage_url": "r2://"}, "STORAGE_URL"),
        ({"storage_url": "r2://UPPER"}, "STORAGE_URL"),
        ({"storage_url": "r2://pictures/folder"}, "STORAGE_URL"),
        ({"storage_url": "r2://pictures?x=1"}, "STORAGE_URL"),
        ({"r2_endpoint_url": "minio:9000"}, "R2_ENDPOINT_URL"),
        ({"r2_endpoint_url": "https://id:do-not-tell-anybody@minio"}, "R2_ENDPOINT_URL"),
        ({"r2_endpoint_url": "https://minio.example/pictures/"}, "R2_ENDPOINT_URL"),
        ({"storage_url": "s3://pictures", "r2_access_key_id": ""}, "R2_ACCESS_KEY_ID"),
        ({"storage_url": "s3://pictures", "r2_secret_access_key": None}, "R2_SECRET_ACCESS_KEY"),
        ({"storage_url": "file://server/media"}, "STORAGE_URL"),
        ({"storage_url": "file:relative"}, "STORAGE_URL"),
        ({"storage_url": "file:///srv/media#1"}, "STORAGE_URL"),
        ({"storage_url": "", "cdn_base_url": "/media"}, "CDN_BASE_URL"),
    ],
)
def test_what_is_missing_or_wrong_is_named(changes: dict[str, Any], variable: str) -> None:
    with pytest.raises(BadConfiguration, match=f"IMAGECRAWLER_{variable}") as caught:
        open_store(config(**{**R2, **changes}))
    assert "\n" not in str(caught.value)
    assert "do-not-tell-anybody" not in str(caught.value)


def test_every_missing_credential_is_named_at_once() -> None:
    with pytest.raises(BadConfiguration, match=r"R2_ACCESS_KEY_ID and .*R2_SECRET_ACCESS_KEY"):
        open_store(config(**{**R2, "r2_access_key_id": "", "r2_secret_access_key": None}))


def test_r2_is_found_by_its_account() -> None:
    bucket = locate(config(**R2))
    assert bucket.endpoint == "https://0123456789abcdef.r2.cloudflarestorage.com"
    assert (bucket.name, bucket.region) == ("pictures", "auto")


def test_an_endpoint_takes_the_place_of_the_account() -> None:
    changes = {"r2_account_id": "", "r2_endpoint_url": "https://minio.example/"}
    assert locate(config(**{**R2, **changes})).endpoint == "https://minio.example"


def test_s3_without_credentials_leaves_them_to_boto3() -> None:
    bucket = locate(config(storage_url="s3://pictures"))
    assert (bucket.access_key_id, bucket.secret_access_key, bucket.region) == (None, None, None)


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        (R2, "https://cdn.example/campaigns/one/hero%2001.jpg"),
        (
            {**R2, "cdn_base_url": "https://cdn.example/media/"},
            "https://cdn.example/media/campaigns/one/hero%2001.jpg",
        ),
        (
            {"storage_url": "s3://pictures"},
            "https://pictures.s3.amazonaws.com/campaigns/one/hero%2001.jpg",
        ),
        (
            {"storage_url": "s3://pictures", "r2_endpoint_url": "http://minio:9000/"},
            "http://minio:9000/pictures/campaigns/one/hero%2001.jpg",
        ),
        (
            {"storage_url": "file:///srv/my%20media"},
            "file:///srv/my%20media/campaigns/one/hero%2001.jpg",
        ),
        (
            {"cdn_base_url": "http://localhost:8000/media"},
            "http://localhost:8000/media/campaigns/one/hero%2001.jpg",
        ),
    ],
)
def test_the_public_address_of_an_object(settings: dict[str, Any], url: str) -> None:
    assert open_store(config(**settings)).url(KEY) == url


def test_without_cdn_a_file_has_its_own_uri(tmp_path: Path) -> None:
    path = tmp_path / "media" / KEY
    assert open_store(config(data_dir=tmp_path)).url(KEY) == path.as_uri()
