"""What a process says by its exit code."""

from __future__ import annotations

from typing import Final

from imagecrawler.errors import BadInput
from imagecrawler.items import Outcome

BY_OUTCOME: Final = {
    Outcome.SUCCEEDED: 0,
    Outcome.FAILED: 1,
    Outcome.BLOCKED: 1,
    Outcome.PARTIAL: 3,
}


def of_error(error: BaseException) -> int:
    """2 where the caller has to change something, 1 for everything else."""
    return 2 if isinstance(error, BadInput) else 1
