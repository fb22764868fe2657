from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.jobs.retry import INTERACTIVE, JITTER, NIGHTLY, ONCE, RetryPolicy

POLICIES = st.sampled_from([ONCE, INTERACTIVE, NIGHTLY])


@given(POLICIES, st.integers(1, 20), st.floats(0, 1e9) | st.none())
def test_attempts_end_and_a_pause_is_never_cut_short(
    policy: RetryPolicy, attempt: int, asked: float | None
) -> None:
    wait = policy.wait(attempt, asked)
    if attempt >= policy.attempts:
        assert wait is None
    if wait is not None:
        assert (asked or 0) <= wait <= policy.longest


@pytest.mark.parametrize("attempt", range(1, NIGHTLY.attempts))
def test_waits_grow_and_stray(attempt: int) -> None:
    expected = NIGHTLY.first * NIGHTLY.factor ** (attempt - 1)
    waits = {NIGHTLY.wait(attempt) for _ in range(50)}
    assert len(waits) > 1
    assert all(abs(wait - expected) <= expected * JITTER * 1.001 for wait in waits if wait)


def test_who_is_asked_for_more_patience_than_it_has_gives_up() -> None:
    assert INTERACTIVE.wait(1, INTERACTIVE.longest + 1) is None
    assert NIGHTLY.wait(1, 3600.0) == 3600.0
