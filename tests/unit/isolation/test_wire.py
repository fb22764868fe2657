from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.imaging.examine import Pixels, Unusable
from imagecrawler.isolation.wire import packed, unpacked
from imagecrawler.items import Measurements, Reason

THUMBNAIL = np.arange(48 * 48 * 3, dtype=np.float32).reshape(48, 48, 3)
PIXELS = Pixels(Measurements(640, 480, "jpeg", 2**63 + 5, {"flat": 0.25}), THUMBNAIL)


def test_what_was_seen_arrives_as_it_was() -> None:
    found = unpacked(packed(PIXELS))
    assert found == PIXELS
    assert np.array_equal(found.thumbnail, THUMBNAIL)


def test_what_is_unusable_says_why() -> None:
    look = Unusable(Reason.TOO_LARGE, "9 x 9 Mpx: zu groß")
    assert unpacked(packed(look)) == look


@pytest.mark.parametrize("width", [0, -1, 10**9])
def test_an_impossible_size_is_no_answer(width: int) -> None:
    with pytest.raises(ValueError, match="not a decoder's answer"):
        unpacked(packed(Pixels(Measurements(width, 480, "jpeg", 1, {}), THUMBNAIL)))


def test_a_format_that_is_not_kept_is_no_answer() -> None:
    with pytest.raises(ValueError, match="svg"):
        unpacked(packed(Pixels(Measurements(10, 10, "svg", 1, {}), THUMBNAIL)))


def test_a_short_thumbnail_is_no_answer() -> None:
    with pytest.raises(ValueError, match="thumbnail of"):
        unpacked(packed(PIXELS)[:-1])


@given(st.binary(max_size=200))
def test_noise_is_no_answer(noise: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any
        unpacked(noise)
