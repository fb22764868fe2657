import pytest

from imagecrawler.items import Outcome
from imagecrawler.rendering.verdict import judge_answer


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
