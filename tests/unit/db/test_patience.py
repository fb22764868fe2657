from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from imagecrawler.db.patience import patiently
from imagecrawler.errors import DatabaseError, UnknownCampaign


def failing(*errors: Exception) -> Callable[[], Awaitable[int]]:
    """Raises one after the other, then gives how many there were."""
    left = list(errors)

    async def work() -> int:
        if left:
            raise left.pop(0)
        return len(errors)

    return work


@pytest.mark.parametrize("failures", [0, 1, 2])
async def test_it_is_tried_again_after_each_pause(failures: int) -> None:
    work = failing(*[DatabaseError("away")] * failures)
    assert await patiently(work, (0.0, 0.0)) == failures


async def test_the_last_failure_is_raised() -> None:
    errors = [DatabaseError("first"), DatabaseError("second"), DatabaseError("third")]
    with pytest.raises(DatabaseError, match="third"):
        await patiently(failing(*errors), (0.0, 0.0))


async def test_what_no_waiting_helps_is_raised_at_once() -> None:
    work = failing(UnknownCampaign("gone"))
    with pytest.raises(UnknownCampaign):
        await patiently(work, (0.0,))
    assert await work() == 1
