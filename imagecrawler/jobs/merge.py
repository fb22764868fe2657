"""Objects and rows, both in the order of their keys, brought together in constant memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from imagecrawler.db.reconciliation import ImageRow
from imagecrawler.errors import StoreError
from imagecrawler.storage.store import ObjectInfo


@dataclass(frozen=True, slots=True)
class Pair:
    """An object and the row that names it, or one of them where the other was not seen."""

    object: ObjectInfo | None
    row: ImageRow | None

    @property
    def key(self) -> str:
        """The key of the one that is there."""
        present = self.object or self.row
        assert present is not None
        return present.key


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


K = TypeVar("K", bound=_Keyed)


async def merge(
    objects: AsyncIterator[ObjectInfo], rows: AsyncIterator[ImageRow]
) -> AsyncIterator[Pair]:
    """Every key of either side once, in the order of their bytes, each side read but once.

    Both sides must be in that order without a key twice. Raises StoreError where one is not:
    some services list a bucket in an order of their own.
    """
    left, right = _in_order(objects), _in_order(rows)
    info, row = await anext(left, None), await anext(right, None)
    while info is not None or row is not None:
        has_object = row is None or (info is not None and _place(info) <= _place(row))
        has_row = info is None or (row is not None and _place(row) <= _place(info))
        yield Pair(info if has_object else None, row if has_row else None)
        if has_object:
            info = await anext(left, None)
        if has_row:
            row = await anext(right, None)


async def _in_order(stream: AsyncIterator[K]) -> AsyncIterator[K]:
    last = b""
    async for each in stream:
        place = _place(each)
        if place <= last:
            raise StoreError(f"{each.key!r} is not listed in the order of its key's bytes")
        yield each
        last = place


def _place(each: _Keyed) -> bytes:
    # file names that are not UTF-8 have halves of surrogate pairs for their wild bytes
    return each.key.encode(errors="surrogateescape")
