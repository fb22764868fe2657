"""When a job whose page was not to be had asks for it again."""

from __future__ import annotations

from dataclasses import dataclass
from random import uniform

#: How far a wait strays either way, so that what failed together does not come back together.
JITTER = 0.2


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """``first`` seconds before the second attempt, ``factor`` times as many before each further.

    ``longest``: whoever is asked to wait for more seconds than that gives up instead.
    """

    attempts: int
    first: float
    factor: float
    longest: float

    def wait(self, attempt: int, asked: float | None = None) -> float | None:
        """Seconds after the ``attempt``-th one (from 1) until the next; None: there is none.

        ``asked``: the seconds that the site wants to be left alone, which are never cut short.
        """
        if attempt >= self.attempts:
            return None
        wait = self.first * self.factor ** (attempt - 1) * uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
        wait = max(wait, asked or 0.0)
        return wait if wait <= self.longest else None


#: A crawl of one page is over when it is over.
ONCE = RetryPolicy(attempts=1, first=0.0, factor=1.0, longest=0.0)

#: A person waits: two more attempts within half a minute.
INTERACTIVE = RetryPolicy(attempts=3, first=3.0, factor=3.0, longest=30.0)

#: Nobody waits: a site that is down for an hour or two is crawled in the same night all the same.
NIGHTLY = RetryPolicy(attempts=5, first=60.0, factor=4.0, longest=6 * 3600.0)
