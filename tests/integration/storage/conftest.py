"""Every store, ready to use: a directory, and buckets of real HTTP servers.

moto takes whatever it is sent; Swift checks signatures, checksums, dates, regions and lengths.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from importlib.util import find_spec
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
SWIFT = Path(__file__).with_name("swift_server.py")


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


@pytest.fixture(scope="session")
def swift_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of Swift's S3 service for the whole run."""
    if find_spec("swift") is None:
        pytest.skip("OpenStack Swift is not installed here: uv sync --group s3, on Linux")
    command = [sys.executable, "-W", "ignore", SWIFT, tmp_path_factory.mktemp("swift")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as server:
        assert server.stdin
        assert server.stdout
        assert server.stderr
        port = server.stdout.readline().strip()
        assert port, server.stderr.read()
        yield f"http://127.0.0.1:{port}"
        server.stdin.close()


@pytest.fixture
def swift_bucket(swift_endpoint: str) -> Bucket:
    """A new bucket of Swift's; its client is of the same kind as the store's."""
    bucket = replace(
        unmade_bucket(swift_endpoint),
        access_key_id="test:tester",
        secret_access_key=SecretStr("testing"),
    )
    client = connect(bucket)
    client.create_bucket(Bucket=bucket.name)
    client.close()
    return bucket


@pytest.fixture
async def swift_store(swift_bucket: Bucket) -> AsyncIterator[S3Store]:
    store = S3Store(swift_bucket, page_size=PAGE_SIZE)
    yield store
    await store.close()


@pytest.fixture(params=["filesystem_store", "s3_store", "swift_store"])
def store(request: pytest.FixtureRequest) -> ObjectStore:
    opened: ObjectStore = request.getfixturevalue(request.param)
    return opened
