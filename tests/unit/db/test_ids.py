from __future__ import annotations

import time

import pytest

from imagecrawler.db.ids import ordered_ids


def test_they_sort_as_they_come_and_are_of_version_7():
    before = time.time_ns() // 1_000_000
    ids = ordered_ids(4096)
    assert ids == sorted(set(ids), key=str)
    assert {(each.version, each.variant) for each in ids} == {(7, "specified in RFC 4122")}
    assert before <= ids[0].int >> 80 <= time.time_ns() // 1_000_000
    assert set(ordered_ids(10)).isdisjoint(ids)


def test_more_than_the_counter_has_are_refused():
    with pytest.raises(ValueError, match="4097"):
        ordered_ids(4097)
