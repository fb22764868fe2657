"""Objects as files below a directory, for one machine and for tests."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from stat import S_ISREG
from threading import Lock
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from imagecrawler.config import PREFIX, Config
from imagecrawler.crash_points import CrashPoint, crash_point
from imagecrawler.errors import BadConfiguration, StoreError, StoreRefused
from imagecrawler.storage.files import Sidecar, staged, walk
from imagecrawler.storage.store import (
    ObjectInfo,
    cdn_base,
    public_url,
    require_key,
    require_metadata,
)

T = TypeVar("T")

THREADS = 4
PAGE_SIZE = 1000
_REMEDY = f"correct {PREFIX}STORAGE_URL or {PREFIX}DATA_DIR, or the directory's rights"
_REFUSED = (PermissionError, NotADirectoryError, IsADirectoryError, FileExistsError)
_NO_OBJECT = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


def open_directory(config: Config) -> FilesystemStore:
    """The store of ``file:///directory``, or of ``config.media_dir``. Raises BadConfiguration."""
    root = _directory(config.storage_url) if config.storage_url else config.media_dir
    return FilesystemStore(root, base_url=cdn_base(config))


def _directory(storage_url: str) -> Path:
    parts = urlsplit(storage_url)
    path = Path(unquote(parts.path))
    extras = parts.query or parts.fragment
    if parts.netloc not in ("", "localhost") or not path.is_absolute() or extras:
        raise BadConfiguration(f"{PREFIX}STORAGE_URL: must be file:///absolute/path")
    return path


class FilesystemStore:
    """An ObjectStore over the directory ``root``.

    What a file cannot carry (media type, user metadata, ETag) is in a JSON file of its own
    below ``root/.metadata``, which no key can name. ``base_url`` is what a key is appended to
    for its public address, "" for the file's own URI.
    """

    def __init__(self, root: Path, *, base_url: str = "", page_size: int = PAGE_SIZE) -> None:
        self._root = root
        self._base_url = base_url
        self._page_size = page_size
        self._changing = Lock()
        self._executor = ThreadPoolExecutor(THREADS, thread_name_prefix="object-store")

    async def put(
        self, key: str, body: bytes, *, content_type: str, metadata: Mapping[str, str]
    ) -> None:
        """See :meth:`ObjectStore.put`."""
        sidecar = Sidecar.of(body, content_type, require_metadata(metadata))
        await self._run("put", require_key(key), lambda: self._put(key, body, sidecar))

    async def head(self, key: str) -> ObjectInfo | None:
        """See :meth:`ObjectStore.head`."""
        return await self._run("head", require_key(key), lambda: self._head(key))

    async def get(self, key: str) -> bytes:
        """See :meth:`ObjectStore.get`."""
        return await self._run("get", require_key(key), lambda: self._get(key))

    async def delete(self, key: str) -> None:
        """See :meth:`ObjectStore.delete`."""
        await self._run("delete", require_key(key), lambda: self._delete(key))

    async def list(self, prefix: str = "") -> AsyncIterator[ObjectInfo]:
        """See :meth:`ObjectStore.list`; one page and the names of open directories are held."""
        entries = self._entries(prefix)
        while page := await self._run("list", prefix, lambda: self._page(entries)):
            for info in page:
                yield info

    def url(self, key: str) -> str:
        """See :meth:`ObjectStore.url`."""
        if self._base_url:
            return public_url(self._base_url, key)
        return self._path(require_key(key)).as_uri()

    async def check(self) -> None:
        """Write a file where the metadata go, and remove it again."""
        await self._run("check", "", self._check)

    async def close(self) -> None:
        """See :meth:`ObjectStore.close`."""
        await asyncio.to_thread(self._executor.shutdown)

    async def _run(self, action: str, key: str, call: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._call, action, key, call)

    def _call(self, action: str, key: str, call: Callable[[], T]) -> T:
        try:
            return call()
        except OSError as error:
            raise _translated(error, f"{action} {self._root / key}") from error

    def _path(self, key: str) -> Path:
        return self._root / key

    def _sidecar(self, key: str) -> Path:
        return self._root / ".metadata" / f"{key}.json"

    def _put(self, key: str, body: bytes, sidecar: Sidecar) -> None:
        with (
            staged(self._path(key), body) as place_object,
            staged(self._sidecar(key), sidecar.dump()) as place_sidecar,
            self._changing,
        ):
            # In this order a process that is killed leaves no object without its metadata.
            place_sidecar()
            crash_point(CrashPoint.OBJECT_HALF_PUT)
            place_object()

    def _head(self, key: str) -> ObjectInfo | None:
        info = self._stat(key)
        if info is None:
            return None
        sidecar = Sidecar.read(self._sidecar(key))
        return replace(
            info,
            etag=sidecar.etag,
            content_type=sidecar.content_type,
            metadata=sidecar.metadata,
        )

    def _stat(self, key: str) -> ObjectInfo | None:
        try:
            status = self._path(key).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        if not S_ISREG(status.st_mode):
            return None
        modified = datetime.fromtimestamp(status.st_mtime, UTC)
        return ObjectInfo(key, status.st_size, "", modified=modified)

    def _get(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except _NO_OBJECT:
            raise StoreError(f"get {self._path(key)}: there is no such object") from None

    def _delete(self, key: str) -> None:
        with self._changing:
            for path in (self._path(key), self._sidecar(key)):
                with suppress(*_NO_OBJECT):
                    path.unlink()
                crash_point(CrashPoint.OBJECT_HALF_DELETED)

    def _entries(self, prefix: str) -> Iterator[ObjectInfo]:
        folder, slash, _ = prefix.rpartition("/")
        if slash:
            require_key(folder)
        for key in walk(self._root, prefix):
            info = self._stat(key)
            if info is not None:
                yield replace(info, etag=self._etag(key))

    def _etag(self, key: str) -> str:
        # One damaged sidecar must not hide every other object; head says what is wrong with it.
        try:
            return Sidecar.read(self._sidecar(key)).etag
        except StoreError:
            return ""

    def _page(self, entries: Iterator[ObjectInfo]) -> tuple[ObjectInfo, ...]:
        return tuple(islice(entries, self._page_size))

    def _check(self) -> None:
        with staged(self._sidecar("check"), b""):
            pass


def _translated(error: OSError, doing: str) -> StoreError:
    if isinstance(error, _REFUSED) or error.errno == errno.EROFS:
        return StoreRefused(f"{doing}: {error.strerror}; {_REMEDY}")
    return StoreError(f"{doing}: {error.strerror}")
