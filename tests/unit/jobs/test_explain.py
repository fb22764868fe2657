from __future__ import annotations

import pytest
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from imagecrawler.egress.verdict import Kind, Verdict
from imagecrawler.errors import RenderFailed
from imagecrawler.items import Outcome, Reason
from imagecrawler.jobs.explain import REDIRECTED, REMEDIES, ROBOTS, Explanations
from imagecrawler.jobs.politeness import Postponed
from imagecrawler.rendering.verdict import PageVerdict

PAGE = "https://shop.example/p"
PICTURE = "https://cdn.example/a.jpg"
HTML = {"Content-Type": "text/html; charset=utf-8"}


class Guard:
    """What an EgressGuard says afterwards."""

    def __init__(self, verdicts: dict[str, Verdict]) -> None:
        self._verdicts = verdicts

    def verdict_for(self, url: str) -> Verdict | None:
        return self._verdicts.get(url)


def explanations(kind: Kind | None = None, url: str = PAGE) -> Explanations:
    verdict = {url: Verdict(kind, "10.0.0.7 is not public")} if kind else {}
    return Explanations(Guard(verdict))


def test_a_page_needs_no_explanation():
    assert explanations().of_answer(Response(PAGE, 200, HTML)) is None


@pytest.mark.parametrize(("status", "kind"), [(403, "refused"), (502, "unreachable")])
def test_the_guard_answers_in_place_of_a_site(status: int, kind: Kind):
    answer = explanations(kind).of_answer(Response(PAGE, status))
    detail = f"10.0.0.7 is not public; {REMEDIES[kind]}"
    assert answer == PageVerdict(Outcome.FAILED, detail, is_transient=kind != "refused")


def test_a_site_s_own_403_blocks_us():
    verdict = explanations().of_answer(Response(PAGE, 403, HTML))
    assert verdict is not None
    assert verdict.outcome is Outcome.BLOCKED
    assert "HTTP 403" in verdict.detail


def test_an_old_verdict_does_not_spoil_an_answer():
    assert explanations("unreachable").of_answer(Response(PAGE, 200, HTML)) is None


def test_a_type_that_is_no_page_is_named():
    answer = Response(PAGE, 200, {"Content-Type": "application/pdf"})
    verdict = explanations().of_answer(answer)
    assert verdict is not None
    assert verdict.outcome is Outcome.FAILED
    assert "application/pdf" in verdict.detail


def test_a_pause_that_a_site_asks_for_is_heard():
    answer = Response(PAGE, 503, {**HTML, "Retry-After": "90"})
    verdict = explanations().of_answer(answer)
    assert verdict is not None
    assert (verdict.is_transient, verdict.retry_after) == (True, 90.0)


@pytest.mark.parametrize("kind", REMEDIES)
def test_a_refusal_comes_with_a_remedy(kind: Kind):
    failure = Failure(RenderFailed("net::ERR_TUNNEL_CONNECTION_FAILED"))
    detail = f"10.0.0.7 is not public; {REMEDIES[kind]}"
    expected = PageVerdict(Outcome.FAILED, detail, is_transient=kind != "refused")
    assert explanations(kind).of_failure(PAGE, failure) == expected


def test_robots_txt_blocks_us():
    failure = Failure(IgnoreRequest("Forbidden by robots.txt"))
    assert explanations().of_failure(PAGE, failure) == PageVerdict(Outcome.BLOCKED, ROBOTS)


def test_a_refusal_weighs_more_than_robots_txt():
    failure = Failure(IgnoreRequest("Forbidden by robots.txt"))
    assert explanations("refused").of_failure(PAGE, failure).outcome is Outcome.FAILED


def test_a_tunnel_that_fails_elsewhere_is_a_redirect():
    message = f"Page.goto: net::ERR_TUNNEL_CONNECTION_FAILED at {PAGE}"
    failure = Failure(RenderFailed(message))
    assert explanations().of_failure(PAGE, failure) == PageVerdict(Outcome.FAILED, REDIRECTED)


def test_another_failure_speaks_for_itself():
    failure = Failure(RenderFailed("the page did not answer within 45 s", is_transient=True))
    expected = PageVerdict(Outcome.FAILED, "the page did not answer within 45 s", is_transient=True)
    assert explanations().of_failure(PAGE, failure) == expected


def test_a_page_whose_turn_is_to_come_is_tried_then():
    verdict = explanations().of_failure(PAGE, Failure(Postponed(12.0)))
    assert (verdict.outcome, verdict.is_transient) == (Outcome.BLOCKED, True)
    assert verdict.retry_after == 12.0


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("refused", Reason.REFUSED_ADDRESS),
        ("unresolvable", Reason.UNREACHABLE),
        ("unreachable", Reason.UNREACHABLE),
        ("timeout", Reason.UNREACHABLE),
    ],
)
def test_a_picture_is_refused_or_unreachable(kind: Kind, reason: Reason):
    explain = explanations(kind, PICTURE)
    assert explain.of_picture(PICTURE) == (reason, "10.0.0.7 is not public")
    assert explain.of_picture(PAGE) is None
