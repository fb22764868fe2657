"""Files of the filesystem store: written as a whole or not at all, walked in key order."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import md5
from pathlib import Path
from uuid import uuid4

from imagecrawler.errors import StoreError


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What a file cannot carry itself. ``etag`` is the MD5 of the bytes, as S3 has it."""

    etag: str = ""
    content_type: str = "application/octet-stream"
    metadata: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, body: bytes, content_type: str, metadata: Mapping[str, str]) -> Sidecar:
        """The sidecar of these bytes."""
        return cls(md5(body, usedforsecurity=False).hexdigest(), content_type, metadata)

    @classmethod
    def read(cls, path: Path) -> Sidecar:
        """From its file; the defaults where a file was put into the directory by hand."""
        try:
            return cls(**json.loads(path.read_bytes()))
        except FileNotFoundError:
            return cls()
        except (ValueError, TypeError) as error:
            raise StoreError(f"{path} is damaged: {error}") from error

    def dump(self) -> bytes:
        """What :meth:`read` understands."""
        return json.dumps(asdict(self)).encode()


@contextmanager
def staged(path: Path, body: bytes) -> Iterator[Callable[[], object]]:
    """Write ``body`` beside ``path`` and yield what puts it there; uncalled, nothing stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{uuid4().hex}")
    try:
        with temporary.open("xb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        yield lambda: temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def walk(root: Path, prefix: str) -> Iterator[str]:
    """Paths below ``root`` that begin with ``prefix``, in the order of their bytes.

    Holds the names of one directory a level; hidden files and directories are passed over.
    ``prefix`` up to its last slash must be a valid key.
    """
    folder, slash, _ = prefix.rpartition("/")
    yield from _below(root / folder, folder + slash, prefix)


def _below(directory: Path, stem: str, prefix: str) -> Iterator[str]:
    for name in _names(directory):
        key = stem + name
        if not key.startswith(prefix):
            continue
        if name.endswith("/"):
            yield from _below(directory / name, key, prefix)
        else:
            yield key


def _names(directory: Path) -> list[str]:
    try:
        with os.scandir(directory) as entries:
            names = [
                entry.name + "/" * entry.is_dir(follow_symlinks=False)
                for entry in entries
                if not entry.name.startswith(".")
            ]
    except (FileNotFoundError, NotADirectoryError):
        return []
    # The slash takes part: "a-b" comes before "a/b", although "a" comes before "a-b".
    return sorted(names, key=os.fsencode)
