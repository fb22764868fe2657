from __future__ import annotations

import pytest

from imagecrawler.imaging.logistic import REACH, Logistic, Term, probability


def test_contributions_are_in_log_odds_and_bounded() -> None:
    model = Logistic(-1.0, {"edges": Term(0.2, 0.1, 2.0), "flat": Term(0.5, 0.1, -1.0)})
    told = model.contributions({"edges": 0.3, "flat": 99.0, "other": 1.0})
    assert told == pytest.approx({"edges": 2.0, "flat": -REACH})


def test_a_probability_never_overflows() -> None:
    assert probability(0) == 0.5
    assert 0 < probability(-1e9) < 1e-12
    assert 1 - 1e-12 < probability(1e9) < 1
