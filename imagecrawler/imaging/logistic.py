"""Logistic regression on a few named readings, as a table that can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

REACH = 3.0
"""Standard deviations from the mean beyond which a reading counts no more."""


@dataclass(frozen=True, slots=True)
class Term:
    """A reading's mean and deviation in training, and its weight in log-odds a deviation."""

    mean: float
    scale: float
    weight: float


@dataclass(frozen=True, slots=True)
class Logistic:
    """Log-odds: ``base`` and a term for each reading."""

    base: float
    terms: Mapping[str, Term]

    def contributions(self, readings: Mapping[str, float]) -> dict[str, float]:
        """What each reading adds to the log-odds; their sum and ``base`` are all of it."""
        return {name: _contribution(term, readings[name]) for name, term in self.terms.items()}


def _contribution(term: Term, value: float) -> float:
    return term.weight * clipped((value - term.mean) / term.scale, REACH)


def clipped(value: float, reach: float) -> float:
    """``value`` between -reach and reach."""
    return min(reach, max(-reach, value))


def probability(odds: float) -> float:
    """Of log-odds, between 1e-13 and 1 less that."""
    return 1 / (1 + exp(-clipped(odds, 30)))
