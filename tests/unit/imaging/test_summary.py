from __future__ import annotations

import numpy as np
import pytest

from imagecrawler.imaging.summary import medians, percentile, share


@pytest.mark.parametrize("count", [1, 2, 3, 10, 101, 4096])
@pytest.mark.parametrize("percent", [0, 2, 20, 50, 98, 99.9, 100])
@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_percentiles_are_numpys_to_the_last_bit(count: int, percent: float, kind: type) -> None:
    values = (np.random.default_rng(count).random(count) * 1000).astype(kind)
    assert percentile(np.sort(values), percent) == np.percentile(values, percent)


@pytest.mark.parametrize("count", [1, 2, 5, 512])
def test_medians_are_taken_by_column(count: int) -> None:
    rows = np.random.default_rng(count).random((count, 3)).astype(np.float32)
    assert np.array_equal(medians(rows), np.median(rows, axis=0))


def test_a_share_is_of_all_places() -> None:
    assert share(np.array([[True, False], [False, False]])) == 0.25
    assert share(np.zeros((0, 3), np.bool_)) == 0
