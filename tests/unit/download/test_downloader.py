import asyncio
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from scrapy import Request
from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response

from imagecrawler.budget import Budget
from imagecrawler.download import downloader as module
from imagecrawler.download.downloader import Downloader
from imagecrawler.items import Cookie, ImageCandidate, PageSnapshot, Reason, Version

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
    cookies = (Cookie("b", "2", "cdn.example"), Cookie("c", "3", "other.example"))
    await _downloader(engine, cookies=cookies).fetch_all([_candidate("a")])
    headers = engine.requests[0].headers
    assert headers["Referer"] == b"https://shop.example/"
    assert headers["User-Agent"] == b"Browser/1"
    assert headers["Cookie"] == b"b=2"


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
        (503, Reason.UNREACHABLE),
    ],
)
async def test_each_failure_is_a_rejection(
    monkeypatch: pytest.MonkeyPatch, answer: Answer, reason: Reason
) -> None:
    monkeypatch.setattr(module, "PAUSE", 0)
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
    monkeypatch.setattr(module, "MAX_PAGE_BYTES", 10)
    engine = FakeEngine({f"https://cdn.example/{n}": JPEG for n in "ab"})
    downloader = _downloader(engine)
    await downloader.fetch_all([_candidate("a")])
    _, rejections = await downloader.fetch_all([_candidate("b")])
    assert rejections[0].reason is Reason.OVER_BUDGET


async def test_pictures_of_a_page_are_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PICTURES", 1)
    engine = FakeEngine({"https://cdn.example/a": JPEG})
    images, rejections = await _downloader(engine).fetch_all([_candidate("a"), _candidate("b")])
    assert len(images) == 1
    assert [each.reason for each in rejections] == [Reason.OVER_BUDGET]


class CountingEngine(FakeEngine):
    """Knows how many requests were under way at once, in all and for one host."""

    def __init__(self) -> None:
        super().__init__({})
        self.now: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    async def download_async(self, request: Request) -> Response:
        host = urlsplit(request.url).netloc
        for name in (host, "all"):
            self.now[name] += 1
            self.most[name] = max(self.most[name], self.now[name])
        await asyncio.sleep(0)
        for name in (host, "all"):
            self.now[name] -= 1
        return Response(request.url, body=JPEG)


async def test_a_server_is_not_stormed() -> None:
    engine = CountingEngine()
    candidates = [
        ImageCandidate((Version(f"https://{host}.example/{n}"),), ("img",))
        for host in ("a", "b", "c", "d")
        for n in range(30)
    ]
    images, _ = await _downloader(engine).fetch_all(candidates)
    assert len(images) == 120
    assert engine.most["a.example"] == module.HOST_CONCURRENCY
    assert engine.most["all"] == module.CONCURRENCY


class FlakyEngine(FakeEngine):
    """Fails the first request for each URL."""

    async def download_async(self, request: Request) -> Response:
        if request.url not in {earlier.url for earlier in self.requests}:
            self.requests.append(request)
            raise ResponseDataLossError
        return await super().download_async(request)


async def test_a_transient_failure_is_tried_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0)
    engine = FlakyEngine({"https://cdn.example/a": JPEG})
    images, _ = await _downloader(engine).fetch_all([_candidate("a")])
    assert [image.url for image in images] == ["https://cdn.example/a"]


class HangingEngine(FakeEngine):
    """Never answers."""

    async def download_async(self, request: Request) -> Response:
        await asyncio.sleep(3600)
        raise AssertionError


async def test_a_picture_has_its_time_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IMAGE_SECONDS", 0.01)
    _, rejections = await _downloader(HangingEngine({})).fetch_all([_candidate("a", "b")])
    assert rejections[0].reason is Reason.UNREACHABLE
    assert "no answer within" in rejections[0].detail


async def test_a_stop_ends_every_download() -> None:
    budget = Budget(60)
    downloader = _downloader(HangingEngine({}), budget=budget)
    fetching = asyncio.create_task(downloader.fetch_all([_candidate("a"), _candidate("b")]))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    budget.call_off()
    _, rejections = await fetching
    assert {each.reason for each in rejections} == {Reason.OVER_BUDGET}
