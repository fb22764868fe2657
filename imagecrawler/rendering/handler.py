"""scrapy-playwright's download handler, held to a budget and to the egress guard."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from playwright.async_api import Error as PlaywrightError
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from imagecrawler.budget import Budget
from imagecrawler.errors import RenderFailed
from imagecrawler.rendering.page import close_page, prepare_page

logger = logging.getLogger(__name__)

VIEWPORT = {"width": 1680, "height": 1050}

#: How soon a page that has not answered yet is given up when the crawl is stopped.
STOP_SECONDS = 0.25


class RenderHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """One handler, hence one browser, for http and https of a crawl.

    A request to be rendered carries ``meta["budget"]``; the whole of its download ends with it,
    also on a page that never yields, and its context is then closed from outside.
    """

    _of_crawler: ClassVar[WeakKeyDictionary[Crawler, RenderHandler]] = WeakKeyDictionary()

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._is_closed = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RenderHandler:
        """The crawl's handler: the second scheme gets the first one's."""
        if crawler not in cls._of_crawler:
            cls._of_crawler[crawler] = cls(crawler)
        return cls._of_crawler[crawler]

    async def download_request(self, request: Request) -> Response:
        """Raises RenderFailed when the browser gives no page within the budget."""
        if not request.meta.get("playwright"):
            fetched: Response = await super().download_request(request)
            return fetched
        if "proxy" not in request.meta:
            raise RenderFailed(f"{request.url}: refused, the egress guard is not running")
        request.meta["playwright_context_kwargs"]["proxy"] = {"server": request.meta["proxy"]}
        budget: Budget = request.meta["budget"]
        try:
            async with budget.limit():
                return await self._unless_stopped(super().download_request(request))
        except TimeoutError:
            message = f"the page did not answer within {budget.seconds:.0f} s"
            failure = RenderFailed(message)
        except RenderFailed as error:
            failure = error
        except PlaywrightError as error:
            failure = RenderFailed(error.message.splitlines()[0])
        await self._abandon(request)
        raise failure

    async def _unless_stopped(self, download: Coroutine[Any, Any, Response]) -> Response:
        """Scrapy waits for whatever is under way when it is stopped, and tells nobody."""
        task = asyncio.create_task(download)
        try:
            while self.crawler.crawling and not task.done():
                await asyncio.wait({task}, timeout=STOP_SECONDS)
        finally:
            task.cancel()
        if not task.done():
            raise RenderFailed("the crawl was stopped; run it again")
        return task.result()

    async def _abandon(self, request: Request) -> None:
        if (page := request.meta.get("playwright_page")) is not None:
            await close_page(page)

    async def close(self) -> None:
        """Called once for each scheme, closes once."""
        if not self._is_closed:
            self._is_closed = True
            await super().close()


def render_meta(context_name: str, budget: Budget, *, load_images: bool) -> dict[str, Any]:
    """The meta of a request that is to be rendered in a context of its own."""
    return {
        "playwright": True,
        "playwright_include_page": True,
        "playwright_context": context_name,
        "playwright_context_kwargs": {
            "load_images": load_images,
            "viewport": VIEWPORT,
            "service_workers": "block",
            "accept_downloads": False,
        },
        "playwright_page_init_callback": prepare_page,
        "playwright_page_goto_kwargs": {"wait_until": "commit", "timeout": budget.left * 1000},
        "budget": budget,
        "dont_retry": True,
        "dont_redirect": True,
        "handle_httpstatus_all": True,
        "download_timeout": budget.left,
    }
