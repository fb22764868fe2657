from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.items import Outcome
from imagecrawler.rendering.verdict import (
    challenger,
    is_transient,
    judge_abort,
    judge_answer,
    parse_retry_after,
)


@pytest.mark.parametrize(
    "kind", ["text/html", "Text/HTML; charset=utf-8", "", "application/xhtml+xml"]
)
def test_pages_are_crawled(kind: str) -> None:
    assert judge_answer(200, kind) is None


@pytest.mark.parametrize("status", [401, 403, 429, 451])
def test_a_refusal_is_blocked(status: int) -> None:
    verdict = judge_answer(status, "text/html")
    assert verdict is not None
    assert verdict.outcome is Outcome.BLOCKED
    assert str(status) in verdict.detail


@pytest.mark.parametrize(
    ("headers", "whose"),
    [
        ({"cf-mitigated": "challenge"}, "Cloudflare"),
        ({"x-amzn-waf-action": "captcha"}, "AWS WAF"),
        ({"x-amzn-waf-action": " Challenge"}, "AWS WAF"),
        ({"server": "cloudflare", "cf-ray": "8c1f"}, ""),
        ({"x-amzn-waf-action": "count"}, ""),
        ({}, ""),
    ],
)
def test_headers_name_a_challenge(headers: dict[str, str], whose: str) -> None:
    assert challenger(headers) == whose


@pytest.mark.parametrize("status", [403, 405, 503])
def test_a_challenge_is_blocked_whatever_its_status(status: int) -> None:
    verdict = judge_answer(status, "text/html", challenge="AWS WAF")
    assert verdict is not None
    assert (verdict.outcome, verdict.is_transient) == (Outcome.BLOCKED, False)
    assert f"a challenge of AWS WAF (HTTP {status})" in verdict.detail


@pytest.mark.parametrize("status", [400, 404, 410, 500, 503, 599])
def test_an_error_is_failed(status: int) -> None:
    verdict = judge_answer(status, "text/html")
    assert verdict is not None
    assert verdict.outcome is Outcome.FAILED
    assert str(status) in verdict.detail


@pytest.mark.parametrize("kind", ["application/pdf", "image/jpeg", "application/json"])
def test_other_documents_are_named(kind: str) -> None:
    verdict = judge_answer(200, kind)
    assert verdict is not None
    assert verdict.outcome is Outcome.FAILED
    assert kind in verdict.detail


@pytest.mark.parametrize(
    ("message", "status", "reason"),
    [
        ("Page.goto: Download is starting", 200, "a download"),
        ("Page.goto: net::ERR_ABORTED at http://shop.example/", 200, "a download"),
        ("Page.goto: net::ERR_ABORTED at http://shop.example/", 204, "HTTP 204"),
    ],
)
def test_an_aborted_navigation_is_explained(message: str, status: int, reason: str) -> None:
    assert reason in (judge_abort(message, status) or "")


@pytest.mark.parametrize("message", ["net::ERR_ABORTED", "net::ERR_CONNECTION_REFUSED"])
def test_without_an_answer_there_is_nothing_to_explain(message: str) -> None:
    assert judge_abort(message, None) is None


@pytest.mark.parametrize(
    ("status", "transient"),
    [
        *((status, False) for status in (401, 403, 404, 410, 451, 501)),
        *((status, True) for status in (408, 429, 500, 502, 503, 504, 522)),
    ],
)
def test_only_what_may_pass_is_worth_another_attempt(status: int, transient: bool) -> None:
    verdict = judge_answer(status, "text/html", 7.0)
    assert verdict is not None
    assert (verdict.is_transient, verdict.retry_after) == (transient, 7.0)


@pytest.mark.parametrize(
    ("message", "transient"),
    [
        ("Page.goto: net::ERR_CONNECTION_RESET at http://shop.example/", True),
        ("Page.goto: net::ERR_EMPTY_RESPONSE at http://shop.example/", True),
        ("Page.goto: net::ERR_CERT_DATE_INVALID at http://shop.example/", False),
        ("Page.goto: net::ERR_TOO_MANY_REDIRECTS at http://shop.example/", False),
    ],
)
def test_a_connection_that_broke_may_hold_another_time(message: str, transient: bool) -> None:
    assert is_transient(message) is transient


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Thu, 26 Nov 2026 12:00:30 GMT", 30.0),
        ("Thu, 26 Nov 2026 11:00:00 GMT", 0.0),
        ("Thu, 26 Nov 2026 12:00:30 -0000", 30.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("\u0661", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(value: str, seconds: float | None) -> None:
    assert parse_retry_after(value, datetime(2026, 11, 26, 12, tzinfo=UTC)) == seconds


@given(st.text())
def test_whatever_a_site_sends_is_a_pause_or_none(value: str) -> None:
    seconds = parse_retry_after(value)
    assert seconds is None or seconds >= 0
