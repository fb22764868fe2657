from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from imagecrawler.batch import PACE_SECONDS, Batch, Counts, Pace, Summary

AT = datetime(2026, 3, 1, 2, tzinfo=UTC)


def summary(total: int, ended: dict[str, int], seconds: float = 60.0) -> Summary:
    batch = Batch(uuid4(), "file", "pages.jsonl", total, AT)
    return Summary(batch, Counts(ended=ended), 0, 0, 0, seconds, AT, ())


@pytest.mark.parametrize(
    ("total", "ended", "code"),
    [
        (0, {}, 0),
        (3, {"succeeded": 3}, 0),
        (3, {"succeeded": 2, "partial": 1}, 3),
        (3, {"succeeded": 2}, 3),
        (3, {"partial": 2, "failed": 1}, 1),
        (3, {}, 1),
    ],
)
def test_the_exit_code_tells_how_many_succeeded(total, ended, code):
    assert summary(total, ended).exit_code == code


def test_jobs_of_deleted_campaigns_are_gone():
    assert summary(5, {"succeeded": 2, "failed": 1}).gone == 2


def test_the_rate_is_that_of_the_pages_that_ended():
    assert summary(9, {"succeeded": 2, "failed": 1}, seconds=90).pages_per_minute == 2
    assert summary(9, {}, seconds=0).pages_per_minute == 0


def test_a_pace_needs_two_looks_and_an_end():
    pace = Pace()
    assert pace.seconds_for(10) is None
    pace.note(0, 5)
    assert pace.seconds_for(10) is None
    pace.note(10, 5)
    assert pace.seconds_for(10) is None
    pace.note(20, 7)
    assert pace.per_minute == pytest.approx(6)
    assert pace.seconds_for(10) == pytest.approx(100)


def test_a_pace_forgets_what_is_long_ago():
    pace = Pace()
    pace.note(0, 0)
    pace.note(10, 1000)
    pace.note(20 + PACE_SECONDS, 1000)
    pace.note(80 + PACE_SECONDS, 1006)
    assert pace.per_minute == pytest.approx(6)
