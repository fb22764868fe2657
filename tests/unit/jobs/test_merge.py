from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.db.reconciliation import ImageRow
from imagecrawler.errors import StoreError
from imagecrawler.jobs.merge import merge
from imagecrawler.storage.store import ObjectInfo

T = TypeVar("T")

NOW = datetime.now(UTC)
ID = UUID(int=0)


async def stream(items: Iterable[T]) -> AsyncIterator[T]:
    for item in items:
        yield item


async def merged(objects: Iterable[str], rows: Iterable[str]) -> list[tuple[bool, bool, str]]:
    pairs = merge(
        stream(ObjectInfo(key, 1, "", modified=NOW) for key in objects),
        stream(ImageRow(ID, ID, key, 1) for key in rows),
    )
    return [(pair.object is not None, pair.row is not None, pair.key) async for pair in pairs]


# few letters, so that many keys are on both sides; beyond the basic plane UTF-16 sorts otherwise
keys = st.sets(st.text("ab-/é\uffff\U0001f600", min_size=1, max_size=4))


@given(keys, keys)
async def test_every_key_of_either_side_once_and_in_order(
    objects: set[str], rows: set[str]
) -> None:
    everything = sorted(objects | rows, key=str.encode)
    assert await merged(sorted(objects, key=str.encode), sorted(rows, key=str.encode)) == [
        (key in objects, key in rows, key) for key in everything
    ]


@pytest.mark.parametrize("wrong", [["b", "a"], ["a", "a"]])
async def test_a_side_out_of_order_is_refused(wrong: list[str]) -> None:
    for objects, rows in ((wrong, []), ([], wrong)):
        with pytest.raises(StoreError, match="'a' is not listed in the order"):
            await merged(objects, rows)


async def test_names_that_are_not_utf_8_sort_by_their_bytes() -> None:
    objects = ["a\udcc3x", "a\udcff"]
    assert [key for *_, key in await merged(objects, ["aé"])] == ["a\udcc3x", "aé", "a\udcff"]
