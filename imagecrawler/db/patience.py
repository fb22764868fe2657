"""Work that a short absence of PostgreSQL does not cost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from imagecrawler.errors import DatabaseError

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: Seconds before each further attempt: a fail-over of PostgreSQL takes some.
PAUSES = (0.2, 1.0, 3.0)


async def patiently(work: Callable[[], Awaitable[T]], pauses: Sequence[float] = PAUSES) -> T:
    """What ``work``, a transaction that may be done twice, gives.

    It is tried once more after each of ``pauses``, in seconds; raises its last DatabaseError.
    """
    for pause in pauses:
        try:
            return await work()
        except DatabaseError as error:
            logger.warning("again in %.1f s: %s", pause, error)
        await asyncio.sleep(pause)
    return await work()
