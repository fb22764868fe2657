"""Ids whose order says something."""

from __future__ import annotations

import secrets
import time
from uuid import UUID


def ordered_ids(count: int) -> list[UUID]:
    """New ids that sort in the order of the list, 4,096 at most; they tell when they were made.

    UUIDs of version 7: milliseconds, then a counter, then chance (RFC 9562, sections 5.7 and 6.2).
    """
    if count > 1 << 12:
        raise ValueError(f"{count} ids at once, at most 4096")
    since = time.time_ns() // 1_000_000 << 80 | 7 << 76 | 2 << 62
    return [UUID(int=since | number << 64 | secrets.randbits(62)) for number in range(count)]
