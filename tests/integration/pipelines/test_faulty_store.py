"""A page into an S3 service that fails: what is reported saved is saved, all else is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from faulty_s3 import (
    Fault,
    FaultyS3,
    answering,
    cut_answer,
    cut_request,
    damaging,
    silent,
    unlike_md5,
)
from pydantic import SecretStr

from imagecrawler.errors import StoreError, StoreRefused
from imagecrawler.items import Outcome, PageItem, Reason
from imagecrawler.jobs.purge import purge_deleted
from imagecrawler.jobs.reconcile import reconcile
from imagecrawler.storage import bucket as bucket_module
from imagecrawler.storage.bucket import ATTEMPTS, Bucket, connect
from imagecrawler.storage.r2 import S3Store

SLOW_DOWN = answering(503, "SlowDown")
TOO_MANY = answering(429, "TooManyRequests")
INTERNAL = answering(500, "InternalError")
DENIED = answering(403, "AccessDenied")
SKEWED = answering(403, "RequestTimeTooSkewed")
BAD_DIGEST = answering(400, "BadDigest")

#: Those that boto3 tries again by itself.
PASSING = {
    "SlowDown": SLOW_DOWN,
    "429": TOO_MANY,
    "500": INTERNAL,
    "time-out after success": silent,
    "reset in mid-body": cut_request,
}
#: Those where trying again is no use, or must not be left to chance.
LASTING = {
    "403": (DENIED, "the access key may not do this"),
    "clock skew": (SKEWED, "set the clock"),
    "other bytes": (damaging, "the store kept other bytes"),
    "bad digest": (BAD_DIGEST, "BadDigest"),
}
KEYS = "SELECT r2_path FROM scraped_images"


@pytest.fixture
def s3(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyS3]:
    """A service that does not make us wait for its silence."""
    monkeypatch.setattr(bucket_module, "READ_TIMEOUT", 1)
    with FaultyS3(s3_endpoint) as service:
        yield service


@pytest.fixture
async def store(s3: FaultyS3) -> AsyncIterator[S3Store]:
    place = Bucket(
        name=f"pictures-{uuid4().hex}",
        public_base="https://cdn.example",
        endpoint=s3.url,
        region="us-east-1",
        access_key_id="test-access-key",
        secret_access_key=SecretStr("test-secret-key"),
    )
    client = connect(place)
    client.create_bucket(Bucket=place.name)
    client.close()
    store = S3Store(place)
    yield store
    await store.close()


@pytest.fixture
def agreed(agreed: Callable, s3: FaultyS3) -> Callable:
    """The same, once nothing fails any more."""

    async def check(item: PageItem, *, rows: int) -> None:
        s3.recover()
        await agreed(item, rows=rows)

    return check


@pytest.mark.parametrize("name", PASSING)
async def test_what_passes_costs_nothing(crawl, agreed, s3, name):
    s3.tell("PUT", PASSING[name])
    item = await crawl()
    assert (item.outcome, len(item.stored)) == (Outcome.SUCCEEDED, 3)
    assert s3.seen.count("PUT") == 4 + 1  # the bucket's own
    await agreed(item, rows=3)


@pytest.mark.parametrize("name", PASSING)
async def test_what_does_not_pass_for_one_picture_is_its_rejection(crawl, agreed, s3, name):
    s3.tell("PUT", PASSING[name], times=ATTEMPTS, key="_02.jpg")
    item = await crawl()
    assert (item.outcome, len(item.stored)) == (Outcome.PARTIAL, 2)
    assert [each.reason for each in item.rejections] == [Reason.UPLOAD_FAILED]
    # of what was kept although nobody heard of it reconcile writes the row
    await agreed(item, rows=3 if PASSING[name] is silent else 2)


@pytest.mark.parametrize("name", LASTING)
async def test_what_is_refused_is_said_in_words_and_asked_once(crawl, agreed, s3, name):
    fault, words = LASTING[name]
    s3.tell("PUT", fault, times=99, key="_02.jpg")
    item = await crawl()
    assert (item.outcome, len(item.stored)) == (Outcome.PARTIAL, 2)
    assert words in item.detail
    assert s3.seen.count("PUT") == 3 + 1
    await agreed(item, rows=2)


@pytest.mark.parametrize(
    ("fault", "again"), [(SLOW_DOWN, True), (cut_request, True), (DENIED, False), (SKEWED, False)]
)
async def test_a_store_that_takes_nothing_fails_the_job_or_has_it_tried_again(
    crawl, agreed, s3, sql, fault: Fault, again: bool
):
    s3.tell("PUT", fault, times=99)
    item = await crawl(may_retry_in=7.0)
    assert item.outcome is Outcome.FAILED
    assert item.retry_in == (7.0 if again else None)
    await agreed(item, rows=0)


async def test_etags_that_are_no_digest_are_checked_by_the_bytes(crawl, agreed, s3):
    s3.tell("PUT", unlike_md5, times=3)
    item = await crawl()
    assert item.outcome is Outcome.SUCCEEDED
    assert s3.seen.count("GET") == 3
    await agreed(item, rows=3)


async def test_a_key_for_writing_only_may_have_such_etags(crawl, agreed, s3):
    s3.tell("PUT", unlike_md5, times=3)
    s3.tell("GET", DENIED, times=3)
    item = await crawl()
    assert item.outcome is Outcome.SUCCEEDED
    await agreed(item, rows=3)


async def test_a_re_crawl_loses_nothing_where_the_store_does_not_answer(crawl, agreed, s3, sql):
    await crawl()
    rows = sql("SELECT id, missing_since FROM scraped_images ORDER BY id")
    s3.tell("HEAD", SLOW_DOWN, times=99)
    item = await crawl()
    assert item.outcome is Outcome.FAILED
    assert sql("SELECT id, missing_since FROM scraped_images ORDER BY id") == rows
    await agreed(item, rows=3)


async def test_an_answer_that_is_cut_is_no_picture(crawl, store, s3):
    item = await crawl()
    s3.tell("GET", cut_answer)
    with pytest.raises(StoreError, match="get "):
        await store.get(item.stored[0].key)


@pytest.mark.parametrize("fault", [SLOW_DOWN, silent, cut_request, DENIED])
async def test_an_object_that_cannot_be_deleted_waits(
    crawl, agreed, database, store, s3, sql, fault
):
    item = await crawl()
    sql("DELETE FROM scraped_images WHERE r2_path = %s", item.stored[0].key)
    s3.tell("DELETE", fault, times=ATTEMPTS)
    assert await purge_deleted(database, store) == 0
    assert sql("SELECT key FROM deleted_objects") == [(item.stored[0].key,)]
    s3.recover()
    assert await purge_deleted(database, store) == 1
    assert sql("SELECT key FROM deleted_objects") == []
    assert len([info async for info in store.list()]) == 2


@pytest.mark.parametrize(("fault", "error"), [(SLOW_DOWN, StoreError), (SKEWED, StoreRefused)])
async def test_a_store_that_cannot_be_listed_is_not_reconciled(
    crawl, database, store, s3, sql, fault, error
):
    await crawl()
    rows = sql(KEYS)
    s3.tell("GET", fault, times=99)
    with pytest.raises(error):
        await reconcile(database, store, fix=True, grace=timedelta(0))
    s3.recover()
    assert sql(KEYS) == rows
    assert len([info async for info in store.list()]) == 3
