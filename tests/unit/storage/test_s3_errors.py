from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError, ReadTimeoutError
from botocore.stub import Stubber
from pydantic import SecretStr

from imagecrawler.errors import StoreError, StoreRefused
from imagecrawler.storage.bucket import Bucket, connect
from imagecrawler.storage.r2 import S3Store
from imagecrawler.storage.s3_errors import translated

BUCKET = Bucket(
    name="pictures",
    public_base="https://cdn.example",
    endpoint="https://account.r2.cloudflarestorage.com",
    region="auto",
    access_key_id="id",
    secret_access_key=SecretStr("do-not-tell-anybody"),
)
KEY = "campaigns/one/hero_01.jpg"


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    client = connect(BUCKET)
    yield client
    client.close()


@pytest.fixture
def service(client: Any) -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
async def store(client: Any, service: Stubber) -> AsyncIterator[S3Store]:
    store = S3Store(BUCKET, connect=lambda _: client)
    yield store
    store._executor.shutdown()


@pytest.mark.parametrize(
    ("code", "status", "remedy"),
    [
        ("NoSuchBucket", 404, "IMAGECRAWLER_STORAGE_URL"),
        ("InvalidBucketName", 400, "IMAGECRAWLER_STORAGE_URL"),
        ("InvalidAccessKeyId", 403, "IMAGECRAWLER_R2_ACCESS_KEY_ID"),
        ("Unauthorized", 401, "IMAGECRAWLER_R2_ACCESS_KEY_ID"),
        ("ExpiredToken", 400, "IMAGECRAWLER_R2_ACCESS_KEY_ID"),
        ("AccessDenied", 403, "IMAGECRAWLER_R2_ACCESS_KEY_ID"),
        ("SignatureDoesNotMatch", 403, "IMAGECRAWLER_R2_SECRET_ACCESS_KEY"),
        ("RequestTimeTooSkewed", 403, "set the clock"),
        ("PermanentRedirect", 301, "IMAGECRAWLER_R2_ENDPOINT_URL"),
        ("SomethingNew", 401, "IMAGECRAWLER_R2_ACCESS_KEY_ID"),
        ("SomethingNew", 403, "IMAGECRAWLER_R2_ACCESS_KEY_ID"),
    ],
)
async def test_a_refusal_names_bucket_code_and_setting(
    store: S3Store, service: Stubber, code: str, status: int, remedy: str
) -> None:
    service.add_client_error("put_object", code, "long\ntext", status)
    with pytest.raises(StoreRefused, match=remedy) as caught:
        await store.put(KEY, b"", content_type="image/png", metadata={})
    message = str(caught.value)
    assert message.startswith(f"put pictures/{KEY}: ")
    assert code in message
    assert "\n" not in message


async def test_r2_answers_400_to_an_access_key_of_the_wrong_length(
    store: S3Store, service: Stubber
) -> None:
    said = "Credential access key has length 20, should be 32"
    service.add_client_error("list_objects_v2", "InvalidArgument", said, 400)
    with pytest.raises(StoreRefused, match="IMAGECRAWLER_R2_ACCESS_KEY_ID"):
        await store.check()


@pytest.mark.parametrize(
    ("code", "status"),
    [("InternalError", 500), ("SlowDown", 503), ("TooManyRequests", 429), ("InvalidArgument", 400)],
)
async def test_other_answers_are_worth_a_retry(
    store: S3Store, service: Stubber, code: str, status: int
) -> None:
    service.add_client_error("get_object", code, "text", status)
    with pytest.raises(StoreError, match=f"{code}.*{status}") as caught:
        await store.get(KEY)
    assert not isinstance(caught.value, StoreRefused)


@pytest.mark.parametrize("code", ["401", "403"])
async def test_head_has_only_the_status_to_go_by(
    store: S3Store, service: Stubber, code: str
) -> None:
    service.add_client_error("head_object", code, "Forbidden", int(code))
    with pytest.raises(StoreRefused, match="IMAGECRAWLER_R2_ACCESS_KEY_ID"):
        await store.head(KEY)


async def test_head_asks_for_the_bucket_only_until_it_was_seen(
    store: S3Store, service: Stubber
) -> None:
    service.add_client_error("head_object", "404", "Not Found", 404)
    service.add_response("list_objects_v2", {})
    service.add_client_error("head_object", "404", "Not Found", 404)
    assert await store.head(KEY) is None
    assert await store.head(KEY) is None


async def test_head_reads_names_in_any_case(store: S3Store, service: Stubber) -> None:
    answer = {
        "ContentLength": 3,
        "ETag": '"e"',
        "ContentType": "image/png",
        "LastModified": datetime.now(UTC),
        "Metadata": {"Campaign-Id": "x"},
    }
    service.add_response("head_object", answer)
    info = await store.head(KEY)
    assert info is not None
    assert info.metadata == {"campaign-id": "x"}
    assert info.etag == "e"


async def test_a_service_may_answer_404_to_a_delete(store: S3Store, service: Stubber) -> None:
    service.add_client_error("delete_object", "NoSuchKey", "text", 404)
    await store.delete(KEY)


async def test_a_failed_delete_is_an_error(store: S3Store, service: Stubber) -> None:
    service.add_client_error("delete_object", "InternalError", "text", 500)
    with pytest.raises(StoreError, match="InternalError"):
        await store.delete(KEY)


async def test_the_service_s_own_text_is_not_repeated(store: S3Store, service: Stubber) -> None:
    service.add_client_error("get_object", "Strange", "you sent do-not-tell-anybody", 400)
    with pytest.raises(StoreError) as caught:
        await store.get(KEY)
    assert "do-not-tell-anybody" not in str(caught.value)


def test_missing_credentials_of_the_default_chain_are_a_refusal() -> None:
    error = translated(NoCredentialsError(), "put pictures/key")
    assert isinstance(error, StoreRefused)
    assert "set IMAGECRAWLER_R2_ACCESS_KEY_ID" in str(error)


def test_a_time_out_is_worth_a_retry() -> None:
    error = translated(ReadTimeoutError(endpoint_url="https://x/\ny"), "put pictures/key")
    assert type(error) is StoreError
    assert "\n" not in str(error)
