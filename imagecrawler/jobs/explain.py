"""Why a page, or a picture, could not be fetched, in words for a person."""

from __future__ import annotations

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from imagecrawler.egress.extension import EgressGuardExtension
from imagecrawler.egress.guard import EgressGuard
from imagecrawler.items import Outcome, Reason
from imagecrawler.rendering.verdict import judge_answer

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

    def of_answer(self, response: Response) -> tuple[Outcome, str] | None:
        """None when the page can be crawled."""
        if response.status in GUARD_STATUSES and (verdict := self._of_page(response.url)):
            return verdict
        kind = response.headers.get("Content-Type") or b""
        return judge_answer(response.status, kind.decode("latin-1"))

    def of_failure(self, url: str, failure: Failure) -> tuple[Outcome, str]:
        """The request for the page at ``url`` gave no page."""
        if verdict := self._of_page(url):
            return verdict
        if isinstance(failure.value, IgnoreRequest):
            return Outcome.BLOCKED, ROBOTS
        message = failure.getErrorMessage()
        if "ERR_TUNNEL_CONNECTION_FAILED" in message:
            return Outcome.FAILED, REDIRECTED
        return Outcome.FAILED, message

    def of_picture(self, url: str) -> tuple[Reason, str] | None:
        """None when the guard had nothing against it."""
        verdict = self._guard.verdict_for(url)
        if verdict is None:
            return None
        refused = verdict.kind == "refused"
        return Reason.REFUSED_ADDRESS if refused else Reason.UNREACHABLE, verdict.detail

    def _of_page(self, url: str) -> tuple[Outcome, str] | None:
        verdict = self._guard.verdict_for(url)
        return (Outcome.FAILED, f"{verdict.detail}; {REMEDIES[verdict.kind]}") if verdict else None
