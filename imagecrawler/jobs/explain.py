"""Why a page, or a picture, could not be fetched, in words for a person."""

from __future__ import annotations

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from imagecrawler.egress.extension import EgressGuardExtension
from imagecrawler.egress.guard import EgressGuard
from imagecrawler.errors import RenderFailed
from imagecrawler.items import Outcome, Reason
from imagecrawler.jobs.politeness import Postponed
from imagecrawler.rendering.verdict import (
    CHALLENGE_HEADERS,
    PageVerdict,
    challenger,
    judge_answer,
    parse_retry_after,
)

ROBOTS = (
    "robots.txt of the site does not allow it; "
    "with the owner's permission set IMAGECRAWLER_ROBOTS=ignore"
)

REMEDIES = {
    "refused": "an address that may be crawled all the same goes into IMAGECRAWLER_EGRESS_ALLOW",
    "unresolvable": "check the host's name",
    "unreachable": "check the address, or try again later",
    "timeout": "try again later",
}

REDIRECTED = "the page redirects to an address that cannot be, or may not be, reached"

#: With these the egress guard answers in place of a site.
GUARD_STATUSES = frozenset({403, 502, 504})


class Explanations:
    """Joins what the site said with what the egress guard did."""

    def __init__(self, guard: EgressGuard) -> None:
        self._guard = guard

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Explanations:
        """Of the guard that this crawl's connections go through."""
        extension = crawler.get_extension(EgressGuardExtension)
        assert extension is not None, "EXTENSIONS lacks the EgressGuardExtension"
        return cls(extension.guard)

    def of_answer(self, response: Response) -> PageVerdict | None:
        """None when the page can be crawled."""
        if response.status in GUARD_STATUSES and (verdict := self._of_page(response.url)):
            return verdict
        kind = response.headers.get("Content-Type") or b""
        pause = response.headers.get("Retry-After") or b""
        after = parse_retry_after(pause.decode("latin-1"))
        challenge = challenge_of(response)
        return judge_answer(response.status, kind.decode("latin-1"), after, challenge)

    def of_failure(self, url: str, failure: Failure) -> PageVerdict:
        """The request for the page at ``url`` gave no page."""
        error = failure.value
        if verdict := self._of_page(url):
            return verdict
        if isinstance(error, Postponed):
            detail = str(error)
            return PageVerdict(Outcome.BLOCKED, detail, True, error.seconds, was_asked=False)
        if isinstance(error, IgnoreRequest):
            return PageVerdict(Outcome.BLOCKED, ROBOTS)
        message = failure.getErrorMessage()
        if "ERR_TUNNEL_CONNECTION_FAILED" in message:
            return PageVerdict(Outcome.FAILED, REDIRECTED)
        transient = isinstance(error, RenderFailed) and error.is_transient
        return PageVerdict(Outcome.FAILED, message, transient)

    def of_picture(self, url: str) -> tuple[Reason, str] | None:
        """None when the guard had nothing against it."""
        verdict = self._guard.verdict_for(url)
        if verdict is None:
            return None
        refused = verdict.kind == "refused"
        return Reason.REFUSED_ADDRESS if refused else Reason.UNREACHABLE, verdict.detail

    def _of_page(self, url: str) -> PageVerdict | None:
        verdict = self._guard.verdict_for(url)
        if verdict is None:
            return None
        detail = f"{verdict.detail}; {REMEDIES[verdict.kind]}"
        return PageVerdict(Outcome.FAILED, detail, verdict.kind != "refused")


def challenge_of(response: Response) -> str:
    """Whose challenge the site's answer is, empty where its headers name none."""
    values = {name: response.headers.get(name) or b"" for name, *_ in CHALLENGE_HEADERS}
    return challenger({name: value.decode("latin-1") for name, value in values.items()})
