"""What a page is still waiting for, and the pictures the browser itself has loaded."""

from __future__ import annotations

from time import monotonic

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Request, Response, WebSocket, Worker

from imagecrawler.budget import Budget
from imagecrawler.items import Script
from imagecrawler.rendering.fetched import FetchedState

#: Kinds of requests whose answers can change which pictures a page shows.
AWAITED = frozenset({"document", "script", "stylesheet", "xhr", "fetch", "image"})

#: A request that is older is a long poll or a stalled third party, not what the page waits for.
PATIENCE_SECONDS = 3.0

#: Of what the browser has loaded: bytes of one picture, of all of a page, and how many.
MAX_BODY_BYTES = 20 * 2**20
MAX_BODIES_BYTES = 256 * 2**20
MAX_BODIES = 200

#: Image addresses of one page that are remembered, and bytes below which one is a beacon or icon.
MAX_IMAGES = 500
LEAST_IMAGE_BYTES = 2_048

#: A body comes from the browser's memory, or not at all.
BODY_SECONDS = 2.0


class Activity:
    """Follows the requests of one page from its first one on.

    ``answer`` is the latest to a navigation of the page itself, None before the first;
    ``crashed`` whether the page's tab has died; ``is_remote`` whether the page has opened a web
    socket or started a worker.
    """

    def __init__(self, page: Page) -> None:
        self._started: dict[Request, float] = {}
        self._pictures: dict[str, Response] = {}
        self._images: dict[str, None] = {}
        self._main_frame = page.main_frame
        self.answer: Response | None = None
        self._fetched = FetchedState()
        self.crashed = False
        page.on("crash", self._crash)
        self.is_remote = False
        page.on("request", self._begin)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)
        page.on("response", self._keep)
        page.on("websocket", self._note_remote)
        page.on("worker", self._note_remote)

    def _crash(self, _: Page) -> None:
        self.crashed = True

    def _begin(self, request: Request) -> None:
        if request.resource_type in AWAITED:
            self._started[request] = monotonic()

    def _end(self, request: Request) -> None:
        self._started.pop(request, None)

    def _note_remote(self, _: WebSocket | Worker) -> None:
        self.is_remote = True

    def _keep(self, response: Response) -> None:
        self._fetched.keep(response)
        if response.ok and _is_image(response) and len(self._images) < MAX_IMAGES:
            self._images[_ends(response.request)[0].url] = None
        if response.request.resource_type == "image" and response.ok:
            first, final = _ends(response.request)
            self._pictures[first.url] = self._pictures[final.url] = response
        elif response.request.is_navigation_request() and response.frame == self._main_frame:
            self.answer = response

    @property
    def in_flight(self) -> int:
        """Requests that the page still waits for."""
        oldest = monotonic() - PATIENCE_SECONDS
        return sum(started > oldest for started in self._started.values())

    async def bodies(self, urls: set[str], budget: Budget) -> dict[str, bytes]:
        """The bytes of those ``urls`` that the browser has loaded and still holds.

        A picture that was redirected answers to its first address and to its last. At most 200
        pictures, none of more than 20 MiB, together at most 256 MiB.
        """
        found: dict[str, bytes] = {}
        left = MAX_BODIES_BYTES
        for url, response in self._loaded(urls):
            body = await _body(response, min(left, MAX_BODY_BYTES), budget)
            if body is not None:
                found[url] = body
                left -= len(body)
            if len(found) == MAX_BODIES or not budget.left:
                break
        return found

    async def state(self, budget: Budget) -> tuple[Script, ...]:
        """The JSON that the page's scripts were given, as far as it names image files."""
        return await self._fetched.scripts(self._started, budget)

    @property
    def images(self) -> tuple[str, ...]:
        """The addresses of the images that the page was given, whoever asked for them."""
        return tuple(self._images)

    def _loaded(self, urls: set[str]) -> list[tuple[str, Response]]:
        return [(url, response) for url, response in self._pictures.items() if url in urls]


def _ends(request: Request) -> tuple[Request, Request]:
    """Where a chain of redirects begins and where it ends."""
    first = request
    while first.redirected_from is not None:
        first = first.redirected_from
    return first, request


def _is_image(response: Response) -> bool:
    """By what the server says of it: scripts fetch pictures too. Beacons are too short."""
    headers = response.headers
    size = headers.get("content-length", "")
    if size.isdecimal() and int(size) < LEAST_IMAGE_BYTES:
        return False
    return headers.get("content-type", "").lower().startswith("image/")


async def _body(response: Response, limit: int, budget: Budget) -> bytes | None:
    """None where it is too large, empty, or no longer in the browser's memory."""
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        return None
    try:
        async with budget.limit(BODY_SECONDS):
            body = await response.body()
    except (PlaywrightError, TimeoutError):
        return None  # it will be fetched like the others
    return body if 0 < len(body) <= limit else None
