"""Where a test can make the process kill itself, as power failures and the kernel do.

Inert unless ``IMAGECRAWLER_CRASH_AT`` names a point, which only tests do.
"""

from __future__ import annotations

import logging
import os
import signal
from enum import StrEnum

logger = logging.getLogger(__name__)


class CrashPoint(StrEnum):
    """Every one lies between two steps of which the second may never come."""

    JOB_TAKEN = "job_taken"
    JOB_OPENED = "job_opened"
    JOB_RECOVERING = "job_recovering"
    PAGE_RENDERED = "page_rendered"
    KEYS_RESERVED = "keys_reserved"
    OBJECT_HALF_PUT = "object_half_put"
    PICTURE_UPLOADED = "picture_uploaded"
    ALL_UPLOADED = "all_uploaded"
    PAGE_SAVING = "page_saving"
    PAGE_SAVED = "page_saved"
    IMAGE_DELETING = "image_deleting"
    IMAGE_DELETED = "image_deleted"
    OBJECT_HALF_DELETED = "object_half_deleted"
    OBJECT_DELETED = "object_deleted"
    OUTBOX_CLEARING = "outbox_clearing"
    OUTBOX_CLEARED = "outbox_cleared"
    CAMPAIGN_SETTLING = "campaign_settling"
    CAMPAIGN_SETTLED = "campaign_settled"
    BROWSER_STARTED = "browser_started"
    BROWSER_REPLACED = "browser_replaced"


#: How often each may still be passed, this time included.
_armed: dict[CrashPoint, int] = {}


def parse_crash_points(text: str) -> dict[CrashPoint, int]:
    """``point`` or ``point:k`` (the k-th time, from 1), comma-separated. Raises ValueError."""
    parts = (part.strip().partition(":") for part in text.split(",") if part.strip())
    return {_named(name): _times(name, times) for name, _, times in parts}


def arm(text: str) -> None:
    """From now on this process ends at the first of the points that it comes to; "": at none."""
    _armed.clear()
    _armed.update(parse_crash_points(text))
    if _armed:
        logger.warning("for a test this process will kill itself at: %s", text)


def crash_point(point: CrashPoint) -> None:
    """Does nothing, except in a test of what then happens."""
    if _armed:
        _pass(point)


def _pass(point: CrashPoint) -> None:
    if point in _armed:
        _armed[point] -= 1
        if _armed[point] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _named(name: str) -> CrashPoint:
    try:
        return CrashPoint(name)
    except ValueError:
        raise ValueError(f"{name!r} is none of: {', '.join(CrashPoint)}") from None


def _times(name: str, times: str) -> int:
    if not times:
        return 1
    if not times.isdecimal() or not int(times):
        raise ValueError(f"{name}:{times} must end with a number from 1 on")
    return int(times)
