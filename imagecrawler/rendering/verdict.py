"""What a site's answer means for the job, before anything of the page is looked at."""

from __future__ import annotations

from http import HTTPStatus

from imagecrawler.items import Outcome

#: Answers by which a site keeps crawlers out, rather than says that the page is not there.
BLOCKING = frozenset({401, 403, 407, 429, 451})

#: After these a browser stays where it is.
WITHOUT_BODY = frozenset({204, 205})

HTML_TYPES = ("text/html", "application/xhtml+xml")


def judge_answer(status: int, content_type: str) -> tuple[Outcome, str] | None:
    """None for a page that can be crawled, else the outcome and why in words."""
    if status in BLOCKING:
        return Outcome.BLOCKED, f"the site refuses us with HTTP {status} {_phrase(status)}"
    if status >= 400:
        return Outcome.FAILED, f"the site answers HTTP {status} {_phrase(status)}; check the URL"
    kind = content_type.split(";")[0].strip().lower()
    if kind and kind not in HTML_TYPES:
        return Outcome.FAILED, f"not an HTML page but {kind}; give the address of the page itself"
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


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
