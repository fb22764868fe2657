"""Why connections failed: told to the client, logged, counted, kept for whoever asks later."""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal, TypeAlias

from imagecrawler.egress.endpoint import Endpoint

logger = logging.getLogger("imagecrawler.egress")

Kind: TypeAlias = Literal["refused", "unresolvable", "unreachable", "timeout"]

#: What HTTP says of each, in a gateway's place (RFC 9110, 15.5.4, 15.6.3 and 15.6.5).
STATUSES: dict[Kind, int] = {
    "refused": 403,
    "unresolvable": 502,
    "unreachable": 502,
    "timeout": 504,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the latest connection to a host and port failed; ``detail`` is one line."""

    kind: Kind
    detail: str


class Failed(Exception):
    """A connection that was not made, or broke; carries its Verdict."""

    def __init__(self, kind: Kind, detail: str) -> None:
        super().__init__(detail)
        self.verdict = Verdict(kind, detail)


class Ledger:
    """The verdicts of the ``capacity`` endpoints that failed last, and a count of refusals."""

    def __init__(self, capacity: int = 1_000) -> None:
        self._capacity = capacity
        self._verdicts: OrderedDict[tuple[str, int], Verdict] = OrderedDict()
        self.refused = 0

    def record(self, endpoint: Endpoint | None, verdict: Verdict) -> None:
        """Log a failure, and keep it if the request was clear enough to name an endpoint."""
        refused = verdict.kind == "refused"
        self.refused += refused
        where = endpoint or "a request"
        level = logging.WARNING if refused else logging.INFO
        logger.log(level, "%s: %s: %s", verdict.kind, where, verdict.detail)
        if endpoint:
            self._verdicts[endpoint.key] = verdict
            self._verdicts.move_to_end(endpoint.key)
        if len(self._verdicts) > self._capacity:
            self._verdicts.popitem(last=False)

    def forget(self, endpoint: Endpoint) -> None:
        """Drop the verdict of an endpoint that has been reached after all."""
        self._verdicts.pop(endpoint.key, None)

    def verdict_for(self, url: str) -> Verdict | None:
        """The failure of the latest connection to the URL's host and port, if it failed."""
        endpoint = Endpoint.of_url(url)
        return self._verdicts.get(endpoint.key) if endpoint else None
