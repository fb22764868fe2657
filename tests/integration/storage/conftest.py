"""Both stores, ready to use: a directory, and a bucket of a real HTTP server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from mypy_boto3_s3 import S3Client
from pydantic import SecretStr

from imagecrawler.storage.bucket import Bucket, connect
from imagecrawler.storage.filesystem import FilesystemStore
from imagecrawler.storage.r2 import S3Store
from imagecrawler.storage.store import ObjectStore

PAGE_SIZE = 100


@pytest.fixture(scope="session")
def s3_client(s3_endpoint: str) -> Iterator[S3Client]:
    """A client beside the store's own, to prepare and to look."""
    client = connect(replace(unmade_bucket(s3_endpoint), region="us-east-1"))
    yield client
    client.close()


@pytest.fixture
def missing_bucket(s3_endpoint: str) -> Bucket:
    return unmade_bucket(s3_endpoint)


@pytest.fixture
def bucket(missing_bucket: Bucket, s3_client: S3Client) -> Bucket:
    s3_client.create_bucket(Bucket=missing_bucket.name)
    return missing_bucket


def unmade_bucket(endpoint: str) -> Bucket:
    return Bucket(
        name=f"pictures-{uuid4().hex}",
        public_base="https://cdn.example",
        endpoint=endpoint,
        region="auto",
        access_key_id="test-access-key",
        secret_access_key=SecretStr("test-secret-key"),
    )


@pytest.fixture
async def s3_store(bucket: Bucket) -> AsyncIterator[S3Store]:
    store = S3Store(bucket, page_size=PAGE_SIZE)
    yield store
    await store.close()


@pytest.fixture
async def filesystem_store(tmp_path: Path) -> AsyncIterator[FilesystemStore]:
    store = FilesystemStore(tmp_path / "media", base_url="https://cdn.example", page_size=PAGE_SIZE)
    yield store
    await store.close()


@pytest.fixture(params=["filesystem_store", "s3_store"])
def store(request: pytest.FixtureRequest) -> ObjectStore:
    opened: ObjectStore = request.getfixturevalue(request.param)
    return opened
