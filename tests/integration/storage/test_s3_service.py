"""What only an S3 service can show: headers, missing buckets, outages, secrets on the wire."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest
from mypy_boto3_s3 import S3Client
from pydantic import SecretStr

from imagecrawler.config import load_config
from imagecrawler.errors import StoreError, StoreRefused
from imagecrawler.storage import open_store
from imagecrawler.storage.bucket import ATTEMPTS, Bucket
from imagecrawler.storage.r2 import S3Store
from imagecrawler.storage.store import ObjectStore

KEY = "campaigns/one/scraped-images/hero_01.jpg"
SECRET = "do-not-tell-anybody"


async def put(store: ObjectStore) -> None:
    await store.put(KEY, b"bytes", content_type="image/jpeg", metadata={"role": "hero"})


async def listed(store: ObjectStore) -> None:
    async for _ in store.list():
        pass


CALLS: list[Callable[[ObjectStore], Awaitable[object]]] = [
    put,
    lambda store: store.head(KEY),
    lambda store: store.get(KEY),
    lambda store: store.delete(KEY),
    listed,
    lambda store: store.check(),
]


@pytest.fixture
def silent_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
async def opened() -> AsyncIterator[Callable[[Bucket], S3Store]]:
    stores: list[S3Store] = []

    def open_bucket(bucket: Bucket) -> S3Store:
        stores.append(S3Store(bucket))
        return stores[-1]

    yield open_bucket
    for store in stores:
        await store.close()


async def test_objects_are_public_property_of_caches(
    s3_store: S3Store, bucket: Bucket, s3_client: S3Client
) -> None:
    await put(s3_store)
    answer = s3_client.head_object(Bucket=bucket.name, Key=KEY)
    assert answer["CacheControl"] == "public, max-age=31536000, immutable"
    assert answer["ContentType"] == "image/jpeg"
    assert answer["Metadata"] == {"role": "hero"}


async def test_requests_carry_neither_acl_nor_checksum(
    s3_store: S3Store, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="botocore.endpoint"):
        await put(s3_store)
    assert "x-amz-meta-role" in caplog.text
    assert "x-amz-acl" not in caplog.text
    assert "x-amz-checksum" not in caplog.text
    assert "x-amz-sdk-checksum" not in caplog.text


@pytest.mark.parametrize("call", CALLS)
async def test_every_call_refuses_a_missing_bucket(
    missing_bucket: Bucket,
    opened: Callable[[Bucket], S3Store],
    call: Callable[[ObjectStore], Awaitable[object]],
) -> None:
    with pytest.raises(StoreRefused) as caught:
        await call(opened(missing_bucket))
    message = str(caught.value)
    assert missing_bucket.name in message
    assert "NoSuchBucket" in message
    assert "IMAGECRAWLER_STORAGE_URL" in message
    assert "\n" not in message


async def test_a_refused_connection_is_an_error_worth_a_retry(
    missing_bucket: Bucket, opened: Callable[[Bucket], S3Store], silent_port: int
) -> None:
    store = opened(replace(missing_bucket, endpoint=f"http://127.0.0.1:{silent_port}"))
    with pytest.raises(StoreError, match="IMAGECRAWLER_R2_ENDPOINT_URL") as caught:
        await put(store)
    assert not isinstance(caught.value, StoreRefused)
    assert "\n" not in str(caught.value)


async def test_a_broken_server_is_tried_a_few_times_only(
    missing_bucket: Bucket, opened: Callable[[Bucket], S3Store]
) -> None:
    attempts = 0

    async def fail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal attempts
        attempts += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(fail, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        store = opened(replace(missing_bucket, endpoint=f"http://127.0.0.1:{port}"))
        with pytest.raises(StoreError, match="503"):
            await store.get(KEY)
    assert attempts == ATTEMPTS


async def test_a_body_cut_short_is_an_error(
    missing_bucket: Bucket, opened: Callable[[Bucket], S3Store]
) -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(cut, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        store = opened(replace(missing_bucket, endpoint=f"http://127.0.0.1:{port}"))
        with pytest.raises(StoreError, match="get "):
            await store.get(KEY)


async def test_the_secret_appears_nowhere(
    bucket: Bucket,
    opened: Callable[[Bucket], S3Store],
    silent_port: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    guarded = replace(bucket, secret_access_key=SecretStr(SECRET))
    lost = replace(guarded, endpoint=f"http://127.0.0.1:{silent_port}")
    with caplog.at_level(logging.DEBUG):
        await put(opened(guarded))
        with pytest.raises(StoreError) as caught:
            await put(opened(lost))
    told = [caplog.text, repr(guarded), repr(opened(guarded))]
    told += traceback.format_exception(caught.value)
    assert "x-amz-meta-role" in caplog.text
    assert SECRET not in "".join(told)


@pytest.mark.parametrize("scheme", ["r2", "s3"])
async def test_from_the_configuration_to_an_object(
    bucket: Bucket, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    config = load_config(
        _env_file=None,
        storage_url=f"{scheme}://{bucket.name}",
        r2_endpoint_url=bucket.endpoint,
        r2_access_key_id="id",
        r2_secret_access_key=SECRET,
        cdn_base_url="https://cdn.example/",
    )
    store = open_store(config)
    await store.check()
    await put(store)
    assert await store.get(KEY) == b"bytes"
    assert store.url(KEY) == f"https://cdn.example/{KEY}"
    await store.close()
