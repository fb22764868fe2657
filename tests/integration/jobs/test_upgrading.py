"""Pictures from a real server that has larger versions of them, or pretends to."""

from __future__ import annotations

import asyncio
import threading
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from types import SimpleNamespace
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from PIL import Image, ImageDraw
from scrapy import Request
from scrapy.http import Response
from scrapy.signalmanager import SignalManager

from imagecrawler.budget import Budget
from imagecrawler.config import load_config
from imagecrawler.isolation import Decoders
from imagecrawler.items import (
    ImageCandidate,
    KnownImage,
    KnownPage,
    PageItem,
    PageSnapshot,
    Reason,
    Rect,
    Target,
    Version,
)
from imagecrawler.jobs.attempt import Attempt, Seen
from imagecrawler.jobs.job import Job
from imagecrawler.jobs.pictures import Pictures
from imagecrawler.jobs.upgrading import ENOUGH, HOST_ATTEMPTS, LEAST_SIDE
from imagecrawler.rendering.render import Rendered
from imagecrawler.signals import picture_received
from pipelines.scoring import ScoringPipeline

NAMED = "/cdn/shop/files/pot_400x.jpg?v=1"
LARGER = "/cdn/shop/files/pot.jpg?v=1&width=2048"


def drawn(width: int, colour: str = "red", mark: int = 0) -> bytes:
    """A JPEG with edges and shades all over; another ``mark`` is another picture."""
    picture = Image.radial_gradient("L").resize((1600, 1200)).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for step in range(0, 1600, 80):
        x = (step * (1 + mark)) % 1500
        draw.ellipse((x, step // 2, x + 300, step // 2 + 230), fill=colour, outline="black")
    target = BytesIO()
    picture.resize((width, width * 3 // 4)).save(target, "JPEG", quality=90)
    return target.getvalue()


SMALL = drawn(400)


class Server:
    """Answers from ``bodies`` by path and query, 404 else; ``asked`` is its log."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(handler) -> None:
                self.asked.append(handler.path)
                body = self.bodies.get(handler.path)
                fresh = body is not None and handler.headers["If-None-Match"] == _etag(body)
                handler.send_response(304 if fresh else 200 if body else 404)
                if body is not None:
                    handler.send_header("ETag", _etag(body))
                handler.end_headers()
                handler.wfile.write(b"" if fresh or body is None else body)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


def _etag(body: bytes) -> str:
    return f'"{sha256(body).hexdigest()}"'


class HttpEngine:
    """Stands in for Scrapy's: asks the server as the request says."""

    async def download_async(self, request: Request) -> Response:
        return await asyncio.to_thread(self._ask, request)

    def _ask(self, request: Request) -> Response:
        headers = {name.decode(): value[0].decode() for name, value in request.headers.items()}
        try:
            with urllib.request.urlopen(
                urllib.request.Request(request.url, headers=headers)
            ) as got:
                return Response(request.url, got.status, dict(got.headers), got.read())
        except urllib.error.HTTPError as error:
            with error:
                return Response(request.url, error.code, dict(error.headers))


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


Collect = Callable[..., Awaitable[PageItem]]


@pytest.fixture
async def collect(server: Server) -> AsyncIterator[Collect]:
    """A page's candidates to its item, by the code that crawls use."""
    signals = SignalManager(sender=object())
    scoring = ScoringPipeline(signals, Decoders(1))
    crawler = SimpleNamespace(
        engine=HttpEngine(),
        signals=signals,
        settings={"IMAGECRAWLER_CONFIG": load_config()},
        get_extension=lambda _: SimpleNamespace(guard=SimpleNamespace(verdict_for=lambda *_: None)),
    )
    signals.connect(scoring.picture_received, picture_received)
    page = PageSnapshot(f"{server.url}/p", f"{server.url}/p", viewport=(1680, 1050))

    async def collect(*candidates: ImageCandidate, known: KnownPage | None = None) -> PageItem:
        job = Job(Target(page.url, UUID(int=1), UUID(int=2)), Budget(20), known=known)
        pictures = Pictures(crawler)
        pictures._stored = SimpleNamespace(get=_recalled)  # type: ignore[assignment]
        attempt = Attempt(job, load_images=False)
        item = await pictures.of(attempt).collect(Seen(job, Rendered(page), candidates, 0.0))
        return await scoring.process_item(item)

    yield collect
    await scoring.close_spider()


async def _recalled(known: KnownImage) -> bytes:
    return {"large": drawn(1600)}[known.key]


def candidate(server: Server, path: str = NAMED, **place: object) -> ImageCandidate:
    shown = {"rect": Rect(100, 200, 600, 450), "visible": True, **place}
    return ImageCandidate((Version(server.url + path),), ("img",), **shown)  # type: ignore[arg-type]


async def test_a_larger_version_that_exists_is_kept(server: Server, collect: Collect) -> None:
    server.bodies = {NAMED: SMALL, LARGER: drawn(1600)}
    item = await collect(candidate(server))
    [image] = item.scored
    assert image.url == server.url + LARGER
    assert (image.measured.width, image.measured.height) == (1600, 1200)
    assert server.asked == [NAMED, LARGER]


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"<!DOCTYPE html><html>We are sorry</html>",
        b"an error in plain text",
        drawn(1600)[:3000],
        drawn(1600, mark=2),
        drawn(1600, "blue"),
        drawn(300),
        SMALL,
    ],
    ids=["404", "page", "text", "broken", "another", "another-colour", "smaller", "same"],
)
async def test_what_is_no_larger_version_leaves_the_page_s_own(
    server: Server, collect: Collect, answer: bytes | None
) -> None:
    server.bodies = {NAMED: SMALL, **({LARGER: answer} if answer else {})}
    item = await collect(candidate(server))
    assert [image.url for image in item.scored] == [server.url + NAMED]
    assert item.rejections == ()
    assert server.asked == [NAMED, LARGER]


async def test_signed_addresses_are_asked_for_as_they_are(server: Server, collect: Collect) -> None:
    paths = [
        "/image/upload/s--AbCdEfGh--/w_400/v1/pot.jpg",
        "/cdn/shop/files/a_400x.jpg?X-Amz-Signature=ab",
        "/wp-content/uploads/b-400x300.jpg?Expires=1700000000&Signature=ab",
    ]
    server.bodies = {path: drawn(400, mark=mark) for mark, path in enumerate(paths)}
    item = await collect(*(candidate(server, path) for path in paths))
    assert len(item.downloaded) == 3
    assert sorted(server.asked) == sorted(paths)


@pytest.mark.parametrize(
    ("width", "place"),
    [
        (ENOUGH, {}),
        (LEAST_SIDE - 1, {}),
        (80, {"rect": Rect(0, 5000, 20, 20)}),
        (400, {"rect": Rect(0, 2500, 250, 250), "containers": ("related",)}),
        (400, {"rect": Rect(0, 2500, 250, 250), "link": "https://shop.example/p/2"}),
    ],
    ids=["large", "tiny", "icon", "related", "card"],
)
async def test_nothing_more_is_asked_for_than_is_worth_it(
    server: Server, collect: Collect, width: int, place: Mapping[str, object]
) -> None:
    server.bodies = {NAMED: drawn(width), LARGER: drawn(1600)}
    await collect(candidate(server, **place))
    assert server.asked == [NAMED]


async def test_a_host_without_larger_versions_is_soon_left_alone(
    server: Server, collect: Collect
) -> None:
    paths = [f"/wp-content/uploads/pot{number}-400x300.jpg" for number in range(12)]
    server.bodies = dict.fromkeys(paths, SMALL)
    await collect(*(candidate(server, path) for path in paths))
    assert HOST_ATTEMPTS <= len(server.asked) - len(paths) < 2 * HOST_ATTEMPTS


async def test_two_sizes_have_their_larger_version_in_common(
    server: Server, collect: Collect
) -> None:
    """A page's thumbnail of a file may turn out to be of the same picture as its main image."""
    folder = "/wp-content/uploads/pot"
    sizes = {f"{folder}-{w}x{w * 3 // 4}.jpg": drawn(w) for w in (160, 200, 400, 480, 600, 640)}
    server.bodies = {**sizes, f"{folder}.jpg": drawn(1600)}
    item = await collect(*(candidate(server, path) for path in sizes))
    assert {image.url for image in item.downloaded} == {f"{server.url}{folder}.jpg"}
    assert server.asked.count(f"{folder}.jpg") <= HOST_ATTEMPTS


@pytest.mark.parametrize("width", [120, 160])
async def test_a_thumbnail_is_enough_to_know_the_picture_by(
    server: Server, collect: Collect, width: int
) -> None:
    server.bodies = {NAMED: drawn(width), LARGER: drawn(1600)}
    item = await collect(candidate(server, rect=Rect(100, 200, 80, 60), containers=("gallery",)))
    assert [image.url for image in item.scored] == [server.url + LARGER]


async def test_a_blurred_stand_in_is_not_kept(server: Server, collect: Collect) -> None:
    """Too little of the picture is left to know a larger version by."""
    preview = Image.open(BytesIO(SMALL)).resize((16, 12)).resize((400, 300))
    blurred = BytesIO()
    preview.save(blurred, "JPEG")
    server.bodies = {NAMED: blurred.getvalue()}
    item = await collect(candidate(server))
    assert [rejection.reason for rejection in item.rejections] == [Reason.PLACEHOLDER]


def known(server: Server, body: bytes, etag: str) -> KnownPage:
    image = KnownImage(sha256(body).hexdigest(), "large", etag)
    return KnownPage(verified_at=datetime.now(UTC), images={server.url + LARGER: image})


async def test_a_page_crawled_again_asks_for_the_larger_version_alone(
    server: Server, collect: Collect
) -> None:
    large = drawn(1600)
    server.bodies = {NAMED: SMALL, LARGER: large}
    item = await collect(candidate(server), known=known(server, large, _etag(large)))
    assert [image.url for image in item.downloaded] == [server.url + LARGER]
    assert item.downloaded[0].body == large
    assert server.asked == [LARGER]


@pytest.mark.parametrize(
    ("now", "kept"), [(drawn(1200), LARGER), (drawn(1600, "blue"), NAMED)], ids=["same", "another"]
)
async def test_a_larger_version_with_other_bytes_is_verified_again(
    server: Server, collect: Collect, now: bytes, kept: str
) -> None:
    server.bodies = {NAMED: SMALL, LARGER: now}
    item = await collect(candidate(server), known=known(server, drawn(1600), '"old"'))
    assert [image.url for image in item.scored] == [server.url + kept]
    assert server.asked == [LARGER, NAMED]


async def test_a_larger_version_that_is_gone_gives_way(server: Server, collect: Collect) -> None:
    server.bodies = {NAMED: SMALL}
    item = await collect(candidate(server), known=known(server, drawn(1600), '"old"'))
    assert [urlsplit(image.url).path for image in item.scored] == [urlsplit(NAMED).path]
