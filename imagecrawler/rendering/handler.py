"""scrapy-playwright's download handler, held to a budget and to the egress guard."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Response as PlaywrightResponse
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Headers, HtmlResponse, Response
from scrapy_playwright.handler import BrowserContextWrapper, ScrapyPlaywrightDownloadHandler

from imagecrawler.budget import Budget
from imagecrawler.config import Config, load_config
from imagecrawler.errors import RenderFailed
from imagecrawler.logs import begin_work
from imagecrawler.rendering.activity import Activity
from imagecrawler.rendering.browser import keep_driver_compiled
from imagecrawler.rendering.loss import loss_of, while_open
from imagecrawler.rendering.page import close_context, prepare_page
from imagecrawler.rendering.render import STOPPED
from imagecrawler.rendering.started import Limits, Reason
from imagecrawler.rendering.verdict import is_transient, judge_abort

logger = logging.getLogger(__name__)

VIEWPORT = {"width": 1680, "height": 1050}


class RenderHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """One handler, hence one browser, for http and https of a crawl.

    A request carries ``meta["budget"]``; the whole of its download ends with it,
    also on a page that never yields, and its context is then closed from outside.
    """

    _of_crawler: ClassVar[WeakKeyDictionary[Crawler, RenderHandler]] = WeakKeyDictionary()

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # a page whose browser died is asked for again by the spider, which counts
        self.config.target_closed_max_retries = 0
        config: Config = crawler.settings.get("IMAGECRAWLER_CONFIG") or load_config()
        keep_driver_compiled(config)
        self.browser_provider_cls: Callable[..., Any] = partial(
            self.browser_provider_cls,
            limits=Limits(config.browser_pages, config.browser_megabytes, config.page_megabytes),
            on_restart=self._count_restart,
            on_driver_lost=self._driver_lost,
            early=crawler.settings.get("IMAGECRAWLER_BROWSER"),
        )
        self._is_closed = False
        self._unwanted: set[asyncio.Task[None]] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RenderHandler:
        """The crawl's handler: the second scheme gets the first one's."""
        if crawler not in cls._of_crawler:
            cls._of_crawler[crawler] = cls(crawler)
        return cls._of_crawler[crawler]

    async def download_request(self, request: Request) -> Response:
        """Raises RenderFailed when the browser gives no page within the budget.

        BrowserLost when the browser died, or hung, meanwhile.

        The response to a rendered request has status, headers and URL, and no body.
        """
        begin_work(request.meta.get("work"))
        if "proxy" not in request.meta:
            raise RenderFailed(f"{request.url}: refused, the egress guard is not running")
        request.meta["playwright_context_kwargs"]["proxy"] = {"server": request.meta["proxy"]}
        budget: Budget = request.meta["budget"]
        try:
            async with budget.limit():
                return await self._render(request)
        except TimeoutError:
            late = f"the page did not answer within {budget.seconds:.0f} s"
            failure = RenderFailed(STOPPED if budget.called_off else late, is_transient=True)
        except RenderFailed as error:
            failure = error
        except PlaywrightError as error:
            meta, first = request.meta, error.message.splitlines()[0]
            lost = await loss_of(error, meta.get("playwright_page"), meta.get("activity"))
            failure = lost or RenderFailed(first, is_transient=is_transient(first))
        await self._abandon(request.meta["playwright_context"])
        raise failure

    async def _render(self, request: Request) -> Response:
        """With the context made beforehand, so that its end is noticed while it gets its page."""
        meta = request.meta
        wrapper = await self._create_browser_context(
            meta["playwright_context"], meta["playwright_context_kwargs"], self.crawler.spider
        )
        async with while_open(wrapper.context):
            answer: Response = await super().download_request(request)
            return answer

    async def browser_megabytes(self) -> float:
        """MiB of private memory of the browsers' processes; 0 while there is none."""
        return await self.browser.megabytes() if hasattr(self, "browser") else 0.0

    def _count_restart(self, reason: Reason) -> None:
        self.stats.inc_value(f"browser/restarts/{reason}")

    def _driver_lost(self) -> None:
        """Nobody will say that its contexts are closed: their slots are given back here."""
        logger.warning("Playwright's driver died; the next page gets another")
        self._count_restart("driver")
        for name, wrapper in tuple(self.context_wrappers.items()):
            self._make_close_browser_context_callback(name, wrapper.persistent, remote=False)()
        if hasattr(self, "browser"):
            self.browser.kill()
            del self.browser

    async def _create_browser_context(
        self, name: str, context_kwargs: dict[str, Any] | None, spider: Spider | None = None
    ) -> BrowserContextWrapper:
        """Finished also when nobody waits any longer.

        scrapy-playwright gives the context's slot back on errors, but not on cancellation.
        """
        creation = asyncio.create_task(
            super()._create_browser_context(name, context_kwargs, spider)
        )
        try:
            return await asyncio.shield(creation)
        except asyncio.CancelledError:
            unwanted = asyncio.create_task(self._discard(creation, name))
            self._unwanted.add(unwanted)
            unwanted.add_done_callback(self._unwanted.discard)
            raise

    async def _discard(self, creation: asyncio.Task[BrowserContextWrapper], name: str) -> None:
        try:
            await asyncio.wait({creation})
        finally:
            creation.cancel()
        await self._abandon(name)

    async def _abandon(self, name: str) -> None:
        if wrapper := self.context_wrappers.get(name):
            await close_context(wrapper.context)

    async def _download_request_with_retry(self, request: Request, spider: Spider) -> Response:
        """In place of scrapy-playwright's, which routes every request and takes the page's HTML.

        The browser's own headers are what we want, and each routed request costs a round trip
        through Python. We take a snapshot later and need no HTML, which costs a large page its
        budget and a page that navigates as it loads the job. Downloads are refused.
        """
        page = request.meta["playwright_page"] = await self._create_page(request, spider)
        activity = request.meta["activity"] = await prepare_page(page)
        answer = await _go(page, activity, request)
        headers = Headers(await answer.all_headers())
        return HtmlResponse(answer.url, answer.status, headers, request=request)

    async def _create_page(self, request: Request, _: Spider) -> Page:
        """In place of scrapy-playwright's: a context made beforehand has its page already."""
        name = request.meta["playwright_context"]
        wrapper = self.context_wrappers[name]
        await wrapper.semaphore.acquire()
        context: BrowserContext = wrapper.context
        page = context.pages[0] if context.pages else await context.new_page()
        self.stats.inc_value("playwright/page_count")
        self._set_stats_max_concurrent_page_count(self._get_total_page_count())
        page.on("close", self._make_close_page_callback(name))
        return page

    async def close(self) -> None:
        """Called once for each scheme, closes once."""
        if not self._is_closed:
            self._is_closed = True
            self._of_crawler.pop(self.crawler, None)
            await super().close()

    async def _close(self) -> None:
        """A browser's contexts close with it; one that hangs would not close them for us."""
        for task in self._unwanted:
            task.cancel()
        await asyncio.gather(*self._unwanted, return_exceptions=True)
        if hasattr(self, "browser"):
            await self.browser.close()
        if hasattr(self, "browser_provider"):
            await self.browser_provider.close()


async def _go(page: Page, activity: Activity, request: Request) -> PlaywrightResponse:
    try:
        answer = await page.goto(request.url, **request.meta["playwright_page_goto_kwargs"])
    except PlaywrightError as error:
        status = activity.answer.status if activity.answer else None
        if reason := judge_abort(error.message, status):
            raise RenderFailed(reason) from error
        raise
    if answer is None:
        raise RenderFailed(f"{request.url}: the browser has no answer for it")
    return answer


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
        "playwright_page_goto_kwargs": {"wait_until": "commit", "timeout": budget.left * 1000},
        "budget": budget,
        "dont_retry": True,
        "dont_redirect": True,
        "handle_httpstatus_all": True,
        "download_timeout": budget.left,
    }
