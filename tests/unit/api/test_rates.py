"""How many requests a user gets through."""

from __future__ import annotations

from contextlib import suppress
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from imagecrawler.api.rates import MINUTE, MOST_USERS, RateLimit

ANN, BOB = uuid4(), uuid4()


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _asked(limit: RateLimit, times: int, user=ANN) -> int:
    """How many of so many requests are let through."""
    through = 0
    for _ in range(times):
        with suppress(HTTPException):
            limit.check(user)
            through += 1
    return through


def test_a_minutes_worth_at_once_and_then_one_by_one() -> None:
    clock = Clock()
    limit = RateLimit(60, clock)
    assert _asked(limit, 100) == 60
    clock.now += 1
    assert _asked(limit, 5) == 1
    clock.now += MINUTE
    assert _asked(limit, 100) == 60


def test_the_answer_says_when_to_come_again() -> None:
    clock = Clock()
    limit = RateLimit(6, clock)
    assert _asked(limit, 6) == 6
    with pytest.raises(HTTPException) as caught:
        limit.check(ANN)
    assert caught.value.status_code == 429
    assert caught.value.headers is not None
    seconds = int(caught.value.headers["Retry-After"])
    assert f"{seconds} seconds" in caught.value.detail
    clock.now += seconds
    limit.check(ANN)


def test_a_users_haste_is_nobody_elses() -> None:
    limit = RateLimit(3, Clock())
    assert _asked(limit, 10) == 3
    assert _asked(limit, 10, BOB) == 3


def test_no_limit() -> None:
    assert _asked(RateLimit(0, Clock()), 5000) == 5000


def test_users_who_have_nothing_to_wait_for_are_forgotten() -> None:
    clock = Clock()
    limit = RateLimit(60, clock)
    for _ in range(MOST_USERS):
        limit.check(uuid4())
    clock.now += MINUTE
    _asked(limit, 100)
    assert len(limit._due) == 1
    assert _asked(limit, 5) == 0


@given(st.integers(1, 200), st.lists(st.floats(0, 30), max_size=300))
def test_no_minute_has_more_than_twice_as_many(per_minute: int, pauses: list[float]) -> None:
    clock = Clock()
    limit = RateLimit(per_minute, clock)
    through = []
    for pause in pauses:
        clock.now += pause
        if _asked(limit, 1):
            through.append(clock.now)
    for moment in through:
        within = sum(moment - MINUTE < each <= moment for each in through)
        assert within <= 2 * per_minute
