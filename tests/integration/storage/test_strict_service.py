"""What only a service that checks what it is sent can show: Swift, where moto takes all of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from mypy_boto3_s3 import S3Client
from pydantic import SecretStr

from imagecrawler.errors import StoreRefused
from imagecrawler.storage.bucket import Bucket, connect
from imagecrawler.storage.r2 import CACHE_CONTROL, S3Store

KEY = "campaigns/one/scraped-images/hero_01.jpg"


@pytest.fixture
def client(swift_bucket: Bucket) -> Iterator[S3Client]:
    client = connect(swift_bucket)
    yield client
    client.close()


@pytest.fixture
def refused(swift_bucket: Bucket) -> Callable[..., Awaitable[str]]:
    """What ``put`` says where the bucket is described otherwise."""

    async def message(**wrong: Any) -> str:
        store = S3Store(replace(swift_bucket, **wrong))
        try:
            with pytest.raises(StoreRefused) as caught:
                await store.put(KEY, b"bytes", content_type="image/jpeg", metadata={})
        finally:
            await store.close()
        return str(caught.value)

    return message


async def test_headers_are_kept(swift_store: S3Store, swift_bucket: Bucket, client: S3Client):
    await swift_store.put(KEY, b"x", content_type="image/jpeg", metadata={"role": "hero"})
    answer = client.head_object(Bucket=swift_bucket.name, Key=KEY)
    assert (answer["CacheControl"], answer["ContentType"]) == (CACHE_CONTROL, "image/jpeg")


async def test_a_wrong_secret(refused: Callable[..., Awaitable[str]]) -> None:
    message = await refused(secret_access_key=SecretStr("wrong"))
    assert "SignatureDoesNotMatch" in message
    assert "IMAGECRAWLER_R2_SECRET_ACCESS_KEY" in message


async def test_an_unknown_access_key(refused: Callable[..., Awaitable[str]]) -> None:
    """Which Swift, unlike R2, calls a wrong signature."""
    message = await refused(access_key_id="test:nobody")
    assert "IMAGECRAWLER_R2_ACCESS_KEY_ID" in message


async def test_an_access_key_without_the_right(refused: Callable[..., Awaitable[str]]) -> None:
    message = await refused(access_key_id="test:reader")
    assert "may not do this (AccessDenied)" in message


async def test_another_region_is_set_right_by_the_client(swift_bucket: Bucket) -> None:
    store = S3Store(replace(swift_bucket, region="eu-west-1"))
    await store.put(KEY, b"bytes", content_type="image/jpeg", metadata={})
    assert await store.get(KEY) == b"bytes"
    await store.close()


async def test_a_clock_that_is_an_hour_late(
    refused: Callable[..., Awaitable[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    late = datetime.now(UTC) - timedelta(hours=1)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda remove_tzinfo=True: late)
    assert "clock is wrong (RequestTimeTooSkewed); set the clock" in await refused()


def test_it_is_as_strict_as_that(swift_bucket: Bucket, client: S3Client) -> None:
    """Else the contract would hold less than it seems to."""
    body = {"Bucket": swift_bucket.name, "Body": b"bytes"}
    with pytest.raises(ClientError, match="BadDigest"):
        client.put_object(**body, Key=KEY, ContentMD5="1B2M2Y8AsgTpgAmY7PhCfg==")
    with pytest.raises(ClientError, match="KeyTooLongError"):
        client.put_object(**body, Key="k" * 1025)
