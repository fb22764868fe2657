import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
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
from imagecrawler.download import page_fetcher
from imagecrawler.download.downloader import Downloader, Fetch
from imagecrawler.download.page_fetcher import PageFetcher
from imagecrawler.items import (
    Cookie,
    DownloadedImage,
    ImageCandidate,
    KnownImage,
    PageSnapshot,
    Reason,
    Version,
)

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
    own = {name: options.pop(name) for name in ("improve", "progress") if name in options}
    fetcher = PageFetcher(engine, PAGE, options.pop("budget", Budget(10)), **options)  # type: ignore[arg-type]
    return Downloader(fetcher, **own)  # type: ignore[arg-type]


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
    monkeypatch.setattr(page_fetcher, "PAUSE", 0)
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
    monkeypatch.setattr(page_fetcher, "MAX_PAGE_BYTES", 10)
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
    monkeypatch.setattr(page_fetcher, "PAUSE", 0)
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


TAGGED = KnownImage("0" * 64, "key", '"1"', "Sat, 14 Mar 2026 09:26:53 GMT")


class RevalidatingEngine(FakeEngine):
    """Answers 304 to whoever asks with a condition, and the bytes with their validators else."""

    async def download_async(self, request: Request) -> Response:
        self.requests.append(request)
        headers = {"ETag": '"2"', "Last-Modified": "Sun, 15 Mar 2026 09:26:53 GMT"}
        if request.headers.get("If-None-Match") or request.headers.get("If-Modified-Since"):
            return Response(request.url, status=304)
        return Response(request.url, body=JPEG, headers=headers)


def _recalls(bodies: dict[str, bytes]) -> Callable[[KnownImage], Awaitable[bytes | None]]:
    async def recall(image: KnownImage) -> bytes | None:
        return bodies.get(image.key)

    return recall


async def _fetch(known: KnownImage, bodies: dict[str, bytes]) -> tuple[RevalidatingEngine, object]:
    engine = RevalidatingEngine({})
    options = {"known": {"https://cdn.example/a": known}, "recall": _recalls(bodies)}
    images, _ = await _downloader(engine, **options).fetch_all([_candidate("a")])
    return engine, images[0]


async def test_a_known_picture_is_only_sent_if_it_changed() -> None:
    engine, image = await _fetch(TAGGED, {"key": b"stored"})
    [request] = engine.requests
    assert request.headers["If-None-Match"] == b'"1"'
    assert request.headers["If-Modified-Since"] == b"Sat, 14 Mar 2026 09:26:53 GMT"
    assert image.body == b"stored"
    assert (image.etag, image.last_modified) == (TAGGED.etag, TAGGED.last_modified)


async def test_a_known_picture_that_we_have_lost_is_fetched() -> None:
    engine, image = await _fetch(TAGGED, {})
    assert ["If-None-Match" in each.headers for each in engine.requests] == [True, False]
    assert (image.body, image.etag) == (JPEG, '"2"')


async def test_a_known_picture_without_a_validator_is_fetched() -> None:
    engine, image = await _fetch(KnownImage("0" * 64, "key"), {"key": b"stored"})
    [request] = engine.requests
    assert "If-None-Match" not in request.headers
    assert "If-Modified-Since" not in request.headers
    assert image.body == JPEG


async def test_a_known_picture_that_changed_is_taken_as_it_is_now() -> None:
    engine = FakeEngine({"https://cdn.example/a": JPEG})
    known = {"https://cdn.example/a": TAGGED}
    downloader = _downloader(engine, known=known, recall=_recalls({"key": b"stored"}))
    images, _ = await downloader.fetch_all([_candidate("a")])
    assert (images[0].body, images[0].etag) == (JPEG, "")
    assert len(engine.requests) == 1


async def test_a_known_picture_that_is_gone_is_a_rejection() -> None:
    engine = FakeEngine({"https://cdn.example/a": 404})
    downloader = _downloader(engine, known={"https://cdn.example/a": TAGGED})
    images, rejections = await downloader.fetch_all([_candidate("a")])
    assert images == []
    assert rejections[0].detail == "HTTP 404"


@pytest.mark.parametrize("etag", ["x" * 600, "\x7f\x00", ""])
async def test_a_validator_that_cannot_be_sent_back_is_none(etag: str) -> None:
    class Engine(FakeEngine):
        async def download_async(self, request: Request) -> Response:
            return Response(request.url, body=JPEG, headers={"ETag": etag})

    images, _ = await _downloader(Engine({})).fetch_all([_candidate("a")])
    assert images[0].etag == ""


async def test_what_was_begun_is_not_fetched_again() -> None:
    engine = FakeEngine({f"https://cdn.example/{name}": JPEG for name in "ab"})
    received: list[str] = []

    async def improve(image: DownloadedImage, _: Fetch) -> DownloadedImage:
        received.append(image.url)
        return image

    downloader = _downloader(engine, improve=improve)
    downloader.begin([_candidate("a")])
    wanted = [_candidate("a", "small"), _candidate("b")]
    images, rejections = await downloader.fetch_all(wanted)
    assert [image.candidate for image in images] == wanted
    assert rejections == []
    assert sorted(received) == ["https://cdn.example/a", "https://cdn.example/b"]
    assert len(engine.requests) == 2


async def test_what_is_better_counts() -> None:
    engine = FakeEngine({f"https://cdn.example/{name}": JPEG for name in "ab"})

    async def improve(image: DownloadedImage, fetch: Fetch) -> DownloadedImage:
        return await fetch(image.candidate, "https://cdn.example/b") or image

    images, _ = await _downloader(engine, improve=improve).fetch_all([_candidate("a")])
    assert [image.url for image in images] == ["https://cdn.example/b"]


@pytest.mark.parametrize("answer", [404, b"<html>", DownloadTimeoutError()])
async def test_a_further_version_that_is_not_to_be_had_costs_nothing(answer: Answer) -> None:
    engine = FakeEngine({"https://cdn.example/a": JPEG, "https://cdn.example/b": answer})

    async def improve(image: DownloadedImage, fetch: Fetch) -> DownloadedImage:
        return await fetch(image.candidate, "https://cdn.example/b") or image

    images, rejections = await _downloader(engine, improve=improve).fetch_all([_candidate("a")])
    assert [image.url for image in images] == ["https://cdn.example/a"]
    assert rejections == []
    assert len(engine.requests) == 2


async def test_a_further_version_that_the_browser_has_is_not_fetched() -> None:
    engine = FakeEngine({"https://cdn.example/a": JPEG})

    async def improve(image: DownloadedImage, fetch: Fetch) -> DownloadedImage:
        return await fetch(image.candidate, "https://cdn.example/b") or image

    downloader = _downloader(engine, improve=improve, have={"https://cdn.example/b": JPEG})
    images, _ = await downloader.fetch_all([_candidate("a")])
    assert [image.url for image in images] == ["https://cdn.example/b"]
    assert len(engine.requests) == 1


async def test_what_the_page_names_comes_before_what_it_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_fetcher, "MAX_PAGE_BYTES", len(JPEG))
    engine = FakeEngine({"https://cdn.example/a": JPEG})

    async def improve(image: DownloadedImage, fetch: Fetch) -> DownloadedImage:
        return await fetch(image.candidate, "https://cdn.example/b") or image

    images, _ = await _downloader(engine, improve=improve).fetch_all([_candidate("a")])
    assert [image.url for image in images] == ["https://cdn.example/a"]
    assert len(engine.requests) == 1


async def test_what_was_begun_in_vain_is_tried_again_only_with_more_to_try() -> None:
    engine = FakeEngine(
        {"https://cdn.example/a": 404, "https://cdn.example/b": 404, "https://cdn.example/c": JPEG}
    )
    downloader = _downloader(engine)
    downloader.begin([_candidate("a"), _candidate("b")])
    images, rejections = await downloader.fetch_all([_candidate("a"), _candidate("b", "c")])
    assert [image.url for image in images] == ["https://cdn.example/c"]
    assert [each.url for each in rejections] == ["https://cdn.example/a"]
    assert Counter(request.url[-1] for request in engine.requests) == {"a": 1, "b": 2, "c": 1}


async def test_what_the_page_does_not_want_in_the_end_is_let_go() -> None:
    downloader = _downloader(HangingEngine({}))
    downloader.begin([_candidate("a")])
    assert await downloader.fetch_all([]) == ([], [])
    downloader.begin([_candidate("b")])
    await downloader.close()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_progress_counts_the_page_s_pictures() -> None:
    engine = FakeEngine({f"https://cdn.example/{name}": JPEG for name in "ab"})
    counts: list[tuple[int, int]] = []
    downloader = _downloader(engine, progress=lambda *news: counts.append(news))
    downloader.begin([_candidate("a")])
    await downloader.fetch_all([_candidate("a"), _candidate("b")])
    assert counts == [(1, 2), (2, 2)]
