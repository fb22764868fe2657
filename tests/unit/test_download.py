from collections.abc import Callable

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError
from scrapy.http import Response

from imagecrawler import download
from imagecrawler.budget import Budget
from imagecrawler.download import Downloader, cookie_header
from imagecrawler.items import ImageCandidate, PageSnapshot, Reason, Version

PAGE = PageSnapshot("https://shop.example/p", "https://shop.example/p", user_agent="Browser/1")
JPEG = b"\xff\xd8\xff\xe0 picture"
Answer = bytes | int | Exception


class FakeEngine:
    """Answers from a table and remembers what it was asked."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers = answers
        self.requests: list[Request] = []

    async def download_async(self, request: Request) -> Response:
        self.requests.append(request)
        answer = self.answers[request.url]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return Response(request.url, status=answer)
        return Response(request.url, body=answer)


def _candidate(*names: str) -> ImageCandidate:
    return ImageCandidate(tuple(Version(f"https://cdn.example/{n}") for n in names), ("img",))


def _downloader(engine: FakeEngine, **options: object) -> Downloader:
    return Downloader(engine, PAGE, options.pop("budget", Budget(10)), **options)  # type: ignore[arg-type]


async def test_the_best_version_is_fetched_once() -> None:
    engine = FakeEngine({"https://cdn.example/big": JPEG, "https://cdn.example/small": JPEG})
    images, rejections = await _downloader(engine).fetch_all([_candidate("big", "small")])
    assert [image.url for image in images] == ["https://cdn.example/big"]
    assert rejections == []
    assert len(engine.requests) == 1


async def test_the_next_version_stands_in_for_one_that_is_gone() -> None:
    engine = FakeEngine({"https://cdn.example/big": 404, "https://cdn.example/small": JPEG})
    images, _ = await _downloader(engine).fetch_all([_candidate("big", "small")])
    assert [image.url for image in images] == ["https://cdn.example/small"]


async def test_requests_look_like_the_page_s_own() -> None:
    engine = FakeEngine({"https://cdn.example/a": JPEG})
    cookies = {".example": "a=1", "cdn.example": "b=2", "other.example": "c=3"}
    await _downloader(engine, cookies=cookies).fetch_all([_candidate("a")])
    headers = engine.requests[0].headers
    assert headers["Referer"] == b"https://shop.example/p"
    assert headers["User-Agent"] == b"Browser/1"
    assert headers["Cookie"] == b"a=1; b=2"


async def test_what_the_browser_has_is_not_fetched_again() -> None:
    engine = FakeEngine({})
    have = {"https://cdn.example/a": JPEG}
    images, _ = await _downloader(engine, have=have).fetch_all([_candidate("a")])
    assert images[0].body == JPEG
    assert engine.requests == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (404, Reason.UNREACHABLE),
        (b"", Reason.NOT_AN_IMAGE),
        (b" \n<!DOCTYPE html><html>gone</html>", Reason.NOT_AN_IMAGE),
        (DownloadTimeoutError(), Reason.UNREACHABLE),
        (DownloadCancelledError(), Reason.TOO_LARGE),
        (ConnectionResetError("reset by peer"), Reason.UNREACHABLE),
    ],
)
async def test_each_failure_is_a_rejection(answer: Answer, reason: Reason) -> None:
    engine = FakeEngine({"https://cdn.example/a": answer})
    images, rejections = await _downloader(engine).fetch_all([_candidate("a")])
    assert images == []
    assert [each.reason for each in rejections] == [reason]
    assert rejections[0].detail


async def test_the_guard_s_word_comes_first() -> None:
    engine = FakeEngine({"https://cdn.example/a": 403})
    refused: Callable[[str], tuple[Reason, str]] = lambda url: (Reason.REFUSED_ADDRESS, "private")  # noqa: E731
    _, rejections = await _downloader(engine, explain=refused).fetch_all([_candidate("a")])
    assert rejections[0].reason is Reason.REFUSED_ADDRESS


async def test_an_unforeseen_error_is_not_swallowed() -> None:
    engine = FakeEngine({"https://cdn.example/a": ZeroDivisionError()})
    with pytest.raises(ZeroDivisionError):
        await _downloader(engine).fetch_all([_candidate("a")])


async def test_no_time_left_asks_for_nothing() -> None:
    engine = FakeEngine({})
    _, rejections = await _downloader(engine, budget=Budget(0)).fetch_all([_candidate("a")])
    assert rejections[0].reason is Reason.OVER_BUDGET
    assert engine.requests == []


async def test_bytes_of_a_page_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "MAX_PAGE_BYTES", 10)
    engine = FakeEngine({f"https://cdn.example/{n}": JPEG for n in "ab"})
    downloader = _downloader(engine)
    await downloader.fetch_all([_candidate("a")])
    _, rejections = await downloader.fetch_all([_candidate("b")])
    assert rejections[0].reason is Reason.OVER_BUDGET


async def test_pictures_of_a_page_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "MAX_IMAGES", 1)
    engine = FakeEngine({"https://cdn.example/a": JPEG})
    images, rejections = await _downloader(engine).fetch_all([_candidate("a"), _candidate("b")])
    assert len(images) == 1
    assert [each.reason for each in rejections] == [Reason.OVER_BUDGET]


@pytest.mark.parametrize(
    ("domain", "sent"),
    [("shop.example", True), (".shop.example", True), (".example", True), ("hop.example", False)],
)
def test_cookies_go_to_their_domain_only(domain: str, sent: bool) -> None:
    header = cookie_header({domain: "a=1"}, "https://shop.example/x.jpg")
    assert bool(header) is sent
