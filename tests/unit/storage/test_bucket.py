from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest
from botocore.exceptions import NoCredentialsError
from mypy_boto3_s3 import S3Client
from pydantic import SecretStr

from imagecrawler.errors import StoreRefused
from imagecrawler.storage.bucket import Bucket, connect
from imagecrawler.storage.r2 import S3Store

BUCKET = Bucket(
    name="pictures",
    public_base="https://cdn.example",
    endpoint="https://account.r2.cloudflarestorage.com",
    region="auto",
    access_key_id="id",
    secret_access_key=SecretStr("do-not-tell-anybody"),
)


def address(bucket: Bucket) -> str:
    client = connect(bucket)
    signed = client.generate_presigned_url(
        "get_object", Params={"Bucket": bucket.name, "Key": "a/b.jpg"}
    )
    client.close()
    return signed.partition("?")[0]


def test_the_client_signs_retries_and_waits_as_r2_needs_it() -> None:
    client = connect(BUCKET)
    config = client.meta.config
    assert client.meta.endpoint_url == BUCKET.endpoint
    assert client.meta.region_name == "auto"
    assert config.signature_version == "s3v4"
    assert config.request_checksum_calculation == "when_required"
    assert config.response_checksum_validation == "when_required"
    assert config.retries == {"mode": "standard", "total_max_attempts": 3}
    assert (config.connect_timeout, config.read_timeout) == (5, 30)
    client.close()


def test_a_given_endpoint_has_the_bucket_in_its_path() -> None:
    assert address(BUCKET) == "https://account.r2.cloudflarestorage.com/pictures/a/b.jpg"


def test_aws_has_the_bucket_in_its_host_name() -> None:
    bucket = replace(BUCKET, endpoint=None, region="eu-central-1")
    assert address(bucket) == "https://pictures.s3.amazonaws.com/a/b.jpg"


async def test_the_client_is_made_late() -> None:
    made: list[Bucket] = []

    def record(bucket: Bucket) -> S3Client:
        made.append(bucket)
        raise NoCredentialsError

    store = S3Store(BUCKET, connect=record)
    assert made == []
    with pytest.raises(StoreRefused):
        await store.check()
    await store.close()
    assert made == [BUCKET]


async def test_concurrent_calls_share_one_client() -> None:
    made: list[S3Client] = []

    def connect_slowly(bucket: Bucket) -> S3Client:
        time.sleep(0.05)
        made.append(connect(bucket))
        return made[-1]

    store = S3Store(replace(BUCKET, endpoint="http://127.0.0.1:9"), connect=connect_slowly)
    calls = (store.check() for _ in range(4))
    await asyncio.gather(*calls, return_exceptions=True)
    await store.close()
    assert len(made) == 1
