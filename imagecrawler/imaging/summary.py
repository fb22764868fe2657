"""Figures of small arrays, equal to numpy's own and without most of their cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def share(mask: npt.NDArray[np.bool_]) -> float:
    """Where it is true, 0 to 1; of an empty one 0."""
    return np.count_nonzero(mask) / mask.size if mask.size else 0.0


def percentile(ordered: npt.NDArray[Any], percent: float) -> float:
    """Of one or more values in ascending order: ``np.percentile`` once they are sorted.

    It looks for several ranks at once, which takes five times as long as to sort them all.
    """
    at = percent / 100 * (len(ordered) - 1)
    rank = int(at)
    low, high = ordered[rank], ordered[min(rank + 1, len(ordered) - 1)]
    beyond, between = at - rank, float(high - low)
    return float(low) + between * beyond if beyond < 0.5 else float(high) - between * (1 - beyond)


def medians(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Along the first axis, as ``np.median``."""
    ordered = np.sort(rows, axis=0)
    middle: npt.NDArray[Any] = (ordered[(len(rows) - 1) // 2] + ordered[len(rows) // 2]) / 2
    return middle
