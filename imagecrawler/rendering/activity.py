"""What a page is still waiting for, and the pictures the browser itself has loaded."""

from __future__ import annotations

from time import monotonic

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, Request, Response

from imagecrawler.budget import Budget

#: Kinds of requests whose answers can change which pictures a page shows.
AWAITED = frozenset({"document", "script", "stylesheet", "xhr", "fetch", "image"})

#: A request that is older is a long poll or a stalled third party, not what the page waits for.
PATIENCE_SECONDS = 3.0


class Activity:
    """Follows the requests of one page from its first one on."""

    def __init__(self, page: Page) -> None:
        self._started: dict[Request, float] = {}
        self._pictures: dict[str, Response] = {}
        page.on("request", self._begin)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)
        page.on("response", self._keep)

    def _begin(self, request: Request) -> None:
        if request.resource_type in AWAITED:
            self._started[request] = monotonic()

    def _end(self, request: Request) -> None:
        self._started.pop(request, None)

    def _keep(self, response: Response) -> None:
        if response.request.resource_type == "image" and response.ok:
            self._pictures[response.url] = response

    @property
    def in_flight(self) -> int:
        """Requests that the page still waits for."""
        oldest = monotonic() - PATIENCE_SECONDS
        return sum(started > oldest for started in self._started.values())

    async def bodies(self, urls: set[str], budget: Budget) -> dict[str, bytes]:
        """The bytes of those ``urls`` that the browser has loaded and still holds."""
        found: dict[str, bytes] = {}
        for url in urls & self._pictures.keys():
            try:
                async with budget.limit(2.0):
                    found[url] = await self._pictures[url].body()
            except (PlaywrightError, TimeoutError):
                continue  # evicted from the browser's memory: it will be fetched like others
        return found
