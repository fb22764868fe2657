import pytest

from imagecrawler.items import Outcome
from imagecrawler.rendering.verdict import judge_abort, judge_answer


@pytest.mark.parametrize(
    "kind", ["text/html", "Text/HTML; charset=utf-8", "", "application/xhtml+xml"]
)
def test_pages_are_crawled(kind: str) -> None:
    assert judge_answer(200, kind) is None


@pytest.mark.parametrize("status", [401, 403, 429, 451])
def test_a_refusal_is_blocked(status: int) -> None:
    verdict = judge_answer(status, "text/html")
    assert verdict is not None
    assert verdict[0] is Outcome.BLOCKED
    assert str(status) in verdict[1]


@pytest.mark.parametrize("status", [400, 404, 410, 500, 503, 599])
def test_an_error_is_failed(status: int) -> None:
    verdict = judge_answer(status, "text/html")
    assert verdict is not None
    assert verdict[0] is Outcome.FAILED
    assert str(status) in verdict[1]


@pytest.mark.parametrize("kind", ["application/pdf", "image/jpeg", "application/json"])
def test_other_documents_are_named(kind: str) -> None:
    verdict = judge_answer(200, kind)
    assert verdict is not None
    assert verdict[0] is Outcome.FAILED
    assert kind in verdict[1]


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
