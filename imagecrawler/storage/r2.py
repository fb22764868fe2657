"""Objects in a bucket of Cloudflare R2, or of any other S3 service, through boto3."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from hashlib import md5
from http.client import FORBIDDEN
from threading import Lock
from typing import TYPE_CHECKING, TypedDict, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from imagecrawler.config import Config
from imagecrawler.errors import StoreError
from imagecrawler.storage.bucket import CONNECTIONS, Bucket, connect, locate
from imagecrawler.storage.s3_errors import is_missing, translated
from imagecrawler.storage.store import ObjectInfo, public_url, require_key, require_metadata

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ListObjectsV2OutputTypeDef

T = TypeVar("T")

PAGE_SIZE = 1000
CACHE_CONTROL = "public, max-age=31536000, immutable"


class _Put(TypedDict):
    Body: bytes
    ContentType: str
    Metadata: dict[str, str]


def open_bucket(config: Config) -> S3Store:
    """The store of ``r2://bucket`` or ``s3://bucket``. Raises BadConfiguration."""
    return S3Store(locate(config))


class S3Store:
    """An ObjectStore over one bucket.

    ``page_size`` is the number of keys in one answer to a listing, 1 to 1,000. ``connect``
    makes the client, once, in one of the store's own threads.
    """

    def __init__(
        self,
        bucket: Bucket,
        *,
        page_size: int = PAGE_SIZE,
        connect: Callable[[Bucket], S3Client] = connect,
    ) -> None:
        self._bucket = bucket
        self._page_size = page_size
        self._connect = connect
        self._client: S3Client | None = None
        self._connecting = Lock()
        self._bucket_seen = False
        self._executor = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="object-store")

    async def put(
        self, key: str, body: bytes, *, content_type: str, metadata: Mapping[str, str]
    ) -> None:
        """See :meth:`ObjectStore.put`."""
        request: _Put = {
            "Body": body,
            "ContentType": content_type,
            "Metadata": require_metadata(metadata),
        }
        await self._run("put", require_key(key), lambda client: self._put(client, key, request))

    async def head(self, key: str) -> ObjectInfo | None:
        """See :meth:`ObjectStore.head`."""
        info = await self._run("head", require_key(key), lambda client: self._head(client, key))
        # HEAD has no body to say that it is the bucket which is missing; a listing says so.
        if info is None and not self._bucket_seen:
            await self.check()
        return info

    async def get(self, key: str) -> bytes:
        """See :meth:`ObjectStore.get`."""
        return await self._run("get", require_key(key), lambda client: self._get(client, key))

    async def delete(self, key: str) -> None:
        """See :meth:`ObjectStore.delete`."""
        await self._run("delete", require_key(key), lambda client: self._delete(client, key))

    async def list(self, prefix: str = "") -> AsyncIterator[ObjectInfo]:
        """See :meth:`ObjectStore.list`; one page is held at a time."""
        pages = await self._run("list", prefix, lambda client: self._pages(client, prefix))
        while page := await self._run("list", prefix, lambda _: next(pages, None)):
            for entry in page.get("Contents", ()):
                etag = entry["ETag"].strip('"')
                yield ObjectInfo(entry["Key"], entry["Size"], etag, modified=entry["LastModified"])

    def url(self, key: str) -> str:
        """See :meth:`ObjectStore.url`."""
        return public_url(self._bucket.public_base, key)

    async def check(self) -> None:
        """List one key: unlike HEAD, the answer names what is wrong."""
        await self._run(
            "check",
            "",
            lambda client: client.list_objects_v2(Bucket=self._bucket.name, MaxKeys=1),
        )
        self._bucket_seen = True

    async def close(self) -> None:
        """See :meth:`ObjectStore.close`."""
        await asyncio.to_thread(self._close)

    async def _run(self, action: str, key: str, call: Callable[[S3Client], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._call, action, key, call)

    def _call(self, action: str, key: str, call: Callable[[S3Client], T]) -> T:
        try:
            return call(self._connected())
        except (BotoCoreError, ClientError) as error:
            raise translated(error, f"{action} {self._bucket.name}/{key}") from error

    def _connected(self) -> S3Client:
        with self._connecting:
            if self._client is None:
                self._client = self._connect(self._bucket)
            return self._client

    def _put(self, client: S3Client, key: str, request: _Put) -> None:
        """The service checks what it gets by Content-MD5, we what it says to have kept."""
        digest = md5(request["Body"], usedforsecurity=False)
        answer = client.put_object(
            Bucket=self._bucket.name,
            Key=key,
            CacheControl=CACHE_CONTROL,
            ContentMD5=b64encode(digest.digest()).decode(),
            **request,
        )
        if answer["ETag"].strip('"') == digest.hexdigest():
            return
        # with keys of the customer's an ETag is no MD5 of the bytes: only they themselves tell
        if not self._keeps(client, key, request["Body"]):
            self._delete(client, key)
            raise StoreError(f"put {self._bucket.name}/{key}: the store kept other bytes")

    def _keeps(self, client: S3Client, key: str, body: bytes) -> bool:
        try:
            return self._get(client, key) == body
        except ClientError as error:
            # a key may be good for writing only; Content-MD5 has to do then
            return error.response["ResponseMetadata"]["HTTPStatusCode"] == FORBIDDEN

    def _head(self, client: S3Client, key: str) -> ObjectInfo | None:
        try:
            answer = client.head_object(Bucket=self._bucket.name, Key=key)
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        # botocore keeps the case of the header, which is the server's choice.
        metadata = {name.lower(): value for name, value in answer["Metadata"].items()}
        return ObjectInfo(
            key,
            answer["ContentLength"],
            answer["ETag"].strip('"'),
            answer["ContentType"],
            metadata,
            modified=answer["LastModified"],
        )

    def _get(self, client: S3Client, key: str) -> bytes:
        answer = client.get_object(Bucket=self._bucket.name, Key=key)
        with closing(answer["Body"]) as body:
            return body.read()

    def _delete(self, client: S3Client, key: str) -> None:
        try:
            client.delete_object(Bucket=self._bucket.name, Key=key)
        except ClientError as error:
            # S3 and R2 answer 204 to a missing key, some other services 404.
            if not is_missing(error):
                raise

    def _pages(self, client: S3Client, prefix: str) -> Iterator[ListObjectsV2OutputTypeDef]:
        pages = client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket.name,
            Prefix=prefix,
            PaginationConfig={"PageSize": self._page_size},
        )
        return iter(pages)

    def _close(self) -> None:
        self._executor.shutdown()
        if self._client is not None:
            self._client.close()
