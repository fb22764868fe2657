"""How fast one user may ask, whatever they ask for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

from starlette.exceptions import HTTPException

MINUTE: Final = 60.0

MOST_USERS: Final = 10_000
"""Users that are kept in mind; beyond them those are let go who have nothing to wait for."""


class RateLimit:
    """``per_minute`` requests of each user, at once or spread; 0: as many as they like.

    The generic cell rate algorithm (ITU-T I.371, annex A): one moment a user is all there is to
    keep. It is kept in this process. With several behind one address a user has so many in each.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = MINUTE / per_minute if per_minute else 0.0
        self._clock = clock
        self._due: dict[UUID, float] = {}

    def check(self, user_id: UUID) -> None:
        """Counts one request. Raises HTTPException 429 where it is one too many."""
        if (wait := self._wait(user_id)) > 0:
            seconds = str(int(wait) + 1)
            detail = f"You ask too often. Try again in {seconds} seconds."
            raise HTTPException(429, detail, {"Retry-After": seconds})

    def _wait(self, user_id: UUID) -> float:
        now = self._clock()
        due = max(self._due.get(user_id, now), now) + self._interval
        # a minute's worth, but for the last bits of a sum of fractions
        if (wait := due - now - MINUTE) > 1e-6:
            return wait
        self._due[user_id] = due
        if len(self._due) > MOST_USERS:
            self._due = {user: moment for user, moment in self._due.items() if moment > now}
        return 0.0
