"""What a site's answer means for the job, before anything of the page is looked at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from imagecrawler.extraction.stand_in import LET_US_IN
from imagecrawler.items import Outcome

#: Answers by which a site keeps crawlers out, rather than says that the page is not there.
BLOCKING = frozenset({401, 403, 407, 429, 451})

#: Answers that the same request may not get again (RFC 9110, 15.5.9, 15.6; RFC 6585; RFC 8470),
#: and those that Cloudflare gives in place of a site that is down.
TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504, *range(520, 528)})

#: After these a browser stays where it is.
WITHOUT_BODY = frozenset({204, 205})

#: Headers by which a protection says that its challenge stands in for the answer
#: (developers.cloudflare.com/cloudflare-challenges; docs.aws.amazon.com/waf, "How AWS WAF uses
#: tokens"): name, the beginning of its value, whose it is.
CHALLENGE_HEADERS = (
    ("cf-mitigated", "challenge", "Cloudflare"),
    ("x-amzn-waf-action", "challenge", "AWS WAF"),
    ("x-amzn-waf-action", "captcha", "AWS WAF"),
)

HTML_TYPES = ("text/html", "application/xhtml+xml")

#: Chromium's words for a connection that failed or broke (net/base/net_error_list.h).
_BROKEN = re.compile(
    r"net::ERR_(CONNECTION_|TIMED_OUT|EMPTY_RESPONSE|NETWORK_|SOCKET_|TUNNEL_|PROXY_|HTTP2_"
    r"|CONTENT_LENGTH_MISMATCH|INCOMPLETE_CHUNKED_ENCODING)"
)


@dataclass(frozen=True, slots=True)
class PageVerdict:
    """Why there is no page, in words. ``is_transient``: it may well be there another time.

    ``retry_after``: the seconds for which the site asks to be left alone. ``was_asked``: whether
    the page was asked for at all.
    """

    outcome: Outcome
    detail: str
    is_transient: bool = False
    retry_after: float | None = None
    was_asked: bool = True


def challenger(headers: Mapping[str, str]) -> str:
    """Whose challenge the answer is, by its headers (names in lower case); empty: of none."""
    for name, value, whose in CHALLENGE_HEADERS:
        if headers.get(name, "").strip().lower().startswith(value):
            return whose
    return ""


def judge_answer(
    status: int, content_type: str, retry_after: float | None = None, challenge: str = ""
) -> PageVerdict | None:
    """None for a page that can be crawled. ``challenge``: whose the answer is."""
    if status >= 400 and challenge:
        detail = f"the site answers with a challenge of {challenge} (HTTP {status}); {LET_US_IN}"
        return PageVerdict(Outcome.BLOCKED, detail)
    if status >= 400:
        blocked = status in BLOCKING
        words = "the site refuses us with" if blocked else "the site answers"
        remedy = "" if blocked or status in TRANSIENT else "; check the URL"
        detail = f"{words} HTTP {status} {_phrase(status)}".rstrip() + remedy
        outcome = Outcome.BLOCKED if blocked else Outcome.FAILED
        return PageVerdict(outcome, detail, status in TRANSIENT, retry_after)
    kind = content_type.split(";")[0].strip().lower()
    if kind and kind not in HTML_TYPES:
        detail = f"not an HTML page but {kind}; give the address of the page itself"
        return PageVerdict(Outcome.FAILED, detail)
    return None


def judge_abort(message: str, status: int | None) -> str | None:
    """Why the browser shows no page although the site answered with ``status``, in words.

    ``message`` is the navigation's error. None where it has another cause.
    """
    aborted = "net::ERR_ABORTED" in message and status is not None
    if aborted and status in WITHOUT_BODY:
        return f"the site answers HTTP {status} without a page"
    if aborted or "Download is starting" in message:
        return "not an HTML page but a download; give the address of the page itself"
    return None


def is_transient(message: str) -> bool:
    """Whether a navigation that failed with ``message`` may succeed another time."""
    return _BROKEN.search(message) is not None


def parse_retry_after(value: str, now: datetime | None = None) -> float | None:
    """Seconds by a ``Retry-After`` header (RFC 9110, 10.2.3): a number, or a date.

    None where it is neither; a date in the past is 0.
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
