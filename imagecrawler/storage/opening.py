"""From the configuration to the store it names."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from imagecrawler.config import Config
from imagecrawler.storage.filesystem import open_directory
from imagecrawler.storage.store import ObjectStore


def _open_bucket(config: Config) -> ObjectStore:
    # Importing boto3 takes about half a second, which a directory need not pay.
    from imagecrawler.storage.r2 import open_bucket

    return open_bucket(config)


BACKENDS: tuple[tuple[str, Callable[[Config], ObjectStore]], ...] = (
    ("file", open_directory),
    ("r2", _open_bucket),
    ("s3", _open_bucket),
)


def open_store(config: Config) -> ObjectStore:
    """The store of ``config.storage_url``; empty: the directory ``config.media_dir``.

    Nothing is contacted yet: see :meth:`ObjectStore.check`. Raises BadConfiguration: a setting
    that this store needs is missing or wrong, in one line naming the variable.
    """
    scheme = urlsplit(config.storage_url).scheme or "file"
    return dict(BACKENDS)[scheme](config)
