"""Where pictures are kept: one protocol, a bucket or a directory behind it."""

from imagecrawler.storage.opening import open_store
from imagecrawler.storage.store import ObjectInfo, ObjectStore

__all__ = ["ObjectInfo", "ObjectStore", "open_store"]
