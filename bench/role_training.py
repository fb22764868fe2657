"""Fits the models of roles: logistic regression with an L2 penalty, by Newton's method."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from role_corpus import Picture

from imagecrawler.imaging.logistic import REACH, Logistic, Term

Floats = npt.NDArray[np.float64]
Example = tuple[Picture, dict[str, float]]

PENALTY = 10.0
"""Of 1, 3, 10 and 20 a strong one: on pages of other shops 10 and 20 lost least."""

_COMPOSED, _FOUND = 200.0, 100.0
_MOST = 4.0
_GRAPHIC = 0.4
"""A product that is lost costs more than a logo that is kept."""


@dataclass(frozen=True)
class Models:
    """Whether it was drawn; if not, whether the ground is plain."""

    drawn: Logistic
    plain: Logistic


def fit(examples: Sequence[Example]) -> Models:
    """Both models from pictures and their readings."""
    names = list(examples[0][1])
    values = np.array([[read[name] for name in names] for _, read in examples])
    roles = np.array([picture.role for picture, _ in examples])
    weights = _weights([picture for picture, _ in examples])
    mean = np.average(values, axis=0, weights=weights)
    scale = values.std(axis=0) + 1e-6
    scaled = np.clip((values - mean) / scale, -REACH, REACH)
    seen = roles != "graphic"
    drawn = _regression(scaled, roles == "graphic", weights)
    plain = _regression(scaled[seen], roles[seen] == "product", weights[seen])
    return Models(_table(names, mean, scale, drawn), _table(names, mean, scale, plain))


def _weights(pictures: Sequence[Picture]) -> Floats:
    """Each corpus's pictures of a role count alike in all, however many they are."""
    kinds = [(picture.role, _source(picture)) for picture in pictures]
    counts = Counter(kinds)
    weights = [
        min(_MOST, (_COMPOSED if source == "" else _FOUND) / counts[role, source])
        * (_GRAPHIC if role == "graphic" else 1)
        for role, source in kinds
    ]
    return np.array(weights)


def _source(picture: Picture) -> str:
    return "" if picture.composed else min(picture.styles).partition("/")[0]


def _regression(values: Floats, truth: npt.NDArray[np.bool_], weights: Floats) -> Floats:
    design = np.column_stack([np.ones(len(values)), values])
    penalty = np.diag([1e-6, *[PENALTY] * values.shape[1]])
    beta = np.zeros(design.shape[1])
    for _ in range(50):
        expected = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        slope = design.T @ (weights * (expected - truth)) + penalty @ beta
        spread = weights * expected * (1 - expected)
        step = np.linalg.solve((design.T * spread) @ design + penalty, slope)
        beta -= step
        if np.abs(step).max() < 1e-8:
            return beta
    raise SystemExit("the regression does not converge: are there pictures of every role?")


def _table(names: Sequence[str], mean: Floats, scale: Floats, beta: Floats) -> Logistic:
    terms = zip(names, mean, scale, beta[1:], strict=True)
    return Logistic(
        round(float(beta[0]), 3),
        {
            name: Term(round(float(m), 4), round(float(s), 4), round(float(w), 3))
            for name, m, s, w in terms
        },
    )
