"""The download handler as Scrapy's downloader drives it, with a real browser behind it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from itertools import count

import psutil
import pytest
from scrapy import Request, signals
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from imagecrawler.budget import Budget
from imagecrawler.config import load_config
from imagecrawler.egress import EgressGuard, EgressPolicy
from imagecrawler.errors import BrowserLost, RenderFailed
from imagecrawler.rendering.browser import launch_options
from imagecrawler.rendering.handler import RenderHandler, render_meta
from imagecrawler.rendering.loss import CRASHED, DIED
from imagecrawler.rendering.page import close_page
from imagecrawler.rendering.processes import browser_process
from imagecrawler.rendering.render import STOPPED, render
from imagecrawler.rendering.started import Limits

RESTLESS_PAGE = (
    "<h1>Mug</h1><script>setInterval(() => document.body.append(new Image()), 20)</script>"
)

Fetch = Callable[..., "asyncio.Future[Response]"]


pytestmark = pytest.mark.usefixtures("reactor")


@pytest.fixture
async def handler() -> AsyncIterator[RenderHandler]:
    """With room for two pages at once."""
    settings = {
        "PLAYWRIGHT_BROWSER_PROVIDER": "imagecrawler.rendering.provider.BrowserProvider",
        "PLAYWRIGHT_LAUNCH_OPTIONS": launch_options(load_config()),
        "PLAYWRIGHT_MAX_CONTEXTS": 2,
        "PLAYWRIGHT_PROCESS_REQUEST_HEADERS": None,
    }
    crawler = get_crawler(settings_dict=settings)
    handler = RenderHandler.from_crawler(crawler)
    await crawler.signals.send_catch_log_async(signals.engine_started)
    yield handler
    await handler.close()


@pytest.fixture
async def guard() -> AsyncIterator[EgressGuard]:
    config = load_config(egress_allow="127.0.0.1/32")
    guard = EgressGuard(EgressPolicy.from_config(config))
    await guard.start()
    yield guard
    await guard.close()


@pytest.fixture
def fetch(handler: RenderHandler, guard: EgressGuard) -> Fetch:
    numbers = count()

    async def fetch(url: str, budget: Budget | None = None) -> Response:
        meta = render_meta(str(next(numbers)), budget or Budget(20), load_images=False)
        return await handler.download_request(Request(url, meta={**meta, "proxy": guard.url}))

    return fetch


async def _end_of_all_contexts(handler: RenderHandler) -> None:
    async with asyncio.timeout(20):
        while handler.context_wrappers or handler._unwanted:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_page_is_answered_without_its_html(fetch: Fetch, serve: Callable[..., str]) -> None:
    url = serve("<h1>Mug</h1>")
    response = await fetch(url)
    assert (response.status, response.url, response.body) == (200, url, b"")
    assert response.headers["Content-Type"] == b"text/html; charset=utf-8"
    page, activity = response.meta["playwright_page"], response.meta["activity"]
    assert (await render(page, activity, Budget(10))).snapshot.heading == "Mug"
    await close_page(page)


async def test_a_page_is_found_by_its_route(fetch: Fetch, serve: Callable[..., str]) -> None:
    """Of applications that read the fragment, each fragment is a page."""
    url = serve("<h1></h1><script>document.querySelector('h1').append(location.hash)</script>")
    response = await fetch(f"{url}#/product/1")
    page, activity = response.meta["playwright_page"], response.meta["activity"]
    rendered = await render(page, activity, Budget(10))
    assert rendered.snapshot.heading == "#/product/1"
    assert rendered.snapshot.url == f"{url}#/product/1"
    await close_page(page)


async def test_pages_that_run_out_of_time_take_no_slot_with_them(
    handler: RenderHandler, fetch: Fetch, serve: Callable[..., str]
) -> None:
    url = serve("<h1>Mug</h1>")
    budgets = [Budget(seconds) for seconds in (0.001, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.001)]
    hanging = [fetch(url + "hangs", budget) for budget in budgets]
    failures = await asyncio.gather(*hanging, return_exceptions=True)
    assert {str(failure) for failure in failures} == {"the page did not answer within 0 s"}
    await _end_of_all_contexts(handler)
    response = await fetch(url)
    assert response.status == 200
    # one more than this page's: the one that waits for the next page
    spare = await handler.browser._blind._spare.opening
    contexts = {response.meta["playwright_page"].context, spare}
    assert set(handler.browser._blind.current.contexts) == contexts
    await close_page(response.meta["playwright_page"])


async def test_a_page_that_moves_on_while_it_loads_is_answered(
    fetch: Fetch, serve: Callable[..., str]
) -> None:
    url = serve("<script>location.href = '/next.html?' + Math.random()</script>")
    serve("<script>location.href = '/next.html'</script>", {"/next.html": "<h1>Next</h1>"})
    response = await fetch(url)
    page, activity = response.meta["playwright_page"], response.meta["activity"]
    assert (await render(page, activity, Budget(10))).snapshot.heading == "Next"
    await close_page(page)


@pytest.mark.parametrize(
    ("status", "headers", "reason"),
    [
        (200, {"Content-Type": "application/zip", "Content-Length": "0"}, "not an HTML page but"),
        (200, {"Content-Type": "application/pdf", "Content-Length": "0"}, "not an HTML page but"),
        (200, {"Content-Disposition": "attachment; filename=a.html"}, "not an HTML page but"),
        (204, {}, "the site answers HTTP 204 without a page"),
        (205, {}, "the site answers HTTP 205 without a page"),
    ],
)
async def test_an_answer_without_a_page_fails_in_words(
    handler: RenderHandler,
    fetch: Fetch,
    serve: Callable[..., str],
    status: int,
    headers: dict[str, str],
    reason: str,
) -> None:
    url = serve("", {}, {"/file": (status, headers)}) + "file"
    with pytest.raises(RenderFailed, match=reason):
        await fetch(url)
    await _end_of_all_contexts(handler)


@pytest.mark.parametrize("status", [403, 404, 500])
async def test_a_refusal_without_a_body_keeps_its_status(
    fetch: Fetch, serve: Callable[..., str], status: int
) -> None:
    url = serve("", {}, {"/file": (status, {"Content-Length": "0"})}) + "file"
    response = await fetch(url)
    assert response.status == status
    await close_page(response.meta["playwright_page"])


async def test_a_stop_ends_a_page_that_does_not_answer(
    handler: RenderHandler, fetch: Fetch, serve: Callable[..., str]
) -> None:
    budget = Budget(60)
    fetching = asyncio.create_task(fetch(serve("") + "hangs", budget))
    while not handler.context_wrappers:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    budget.call_off()
    with pytest.raises(RenderFailed, match=STOPPED):
        await fetching
    await _end_of_all_contexts(handler)


async def test_without_the_guard_nothing_is_rendered(
    handler: RenderHandler, serve: Callable[..., str]
) -> None:
    meta = render_meta("bare", Budget(20), load_images=False)
    with pytest.raises(RenderFailed, match="egress guard is not running"):
        await handler.download_request(Request(serve(""), meta=meta))
    assert not hasattr(handler, "browser")


async def test_both_schemes_share_a_handler_until_it_is_closed(handler: RenderHandler) -> None:
    assert RenderHandler.from_crawler(handler.crawler) is handler
    await handler.close()
    assert handler.crawler not in RenderHandler._of_crawler


def _tabs(browser: psutil.Process) -> list[psutil.Process]:
    family = browser.children(recursive=True)
    return [each for each in family if "--type=renderer" in each.cmdline()]


async def test_a_browser_that_dies_in_mid_page_costs_a_retry(
    handler: RenderHandler, fetch: Fetch, serve: Callable[..., str]
) -> None:
    url = serve("<h1>Mug</h1>")
    held = (await fetch(url)).meta["playwright_page"]
    with_images = await handler.browser.new_context(load_images=True)
    fetching = asyncio.create_task(fetch(url + "hangs"))
    while len(held.context.browser.contexts) < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    (await browser_process(held.context.browser)).kill()
    with pytest.raises(BrowserLost, match=DIED):
        await fetching
    await _end_of_all_contexts(handler)
    response = await fetch(url)
    assert response.status == 200
    assert with_images.browser.is_connected()
    assert handler.stats.get_value("browser/restarts/crash") == 1
    await close_page(response.meta["playwright_page"])


async def test_a_tab_that_crashes_is_no_reason_to_wait_for_it(
    handler: RenderHandler, fetch: Fetch, serve: Callable[..., str]
) -> None:
    response = await fetch(serve(RESTLESS_PAGE))
    page, activity = response.meta["playwright_page"], response.meta["activity"]
    rendering = asyncio.create_task(render(page, activity, Budget(120)))
    for tab in _tabs(await browser_process(page.context.browser)):
        tab.kill()
    with pytest.raises(BrowserLost, match=CRASHED):
        await rendering
    await _end_of_all_contexts(handler)
    assert handler.stats.get_value("browser/restarts/crash") is None


async def test_a_page_that_was_closed_is_not_lost(fetch: Fetch, serve: Callable[..., str]) -> None:
    response = await fetch(serve(RESTLESS_PAGE))
    page, activity = response.meta["playwright_page"], response.meta["activity"]
    rendering = asyncio.create_task(render(page, activity, Budget(60)))
    await asyncio.sleep(0.2)
    await close_page(page)
    with pytest.raises(RenderFailed, match="went away") as failure:
        await rendering
    assert not isinstance(failure.value, BrowserLost)


async def test_a_driver_that_dies_takes_no_slot_and_no_browser_with_it(
    handler: RenderHandler, fetch: Fetch, serve: Callable[..., str]
) -> None:
    url = serve("<h1>Mug</h1>")
    held = await fetch(url)
    browser = await browser_process(held.meta["playwright_page"].context.browser)
    fetching = asyncio.create_task(fetch(url + "hangs"))
    while len(handler.context_wrappers) < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    browser.parent().parent().kill()
    with pytest.raises(BrowserLost, match=DIED):
        await fetching
    responses = [await fetch(url) for _ in range(2)]
    assert [response.status for response in responses] == [200, 200]
    assert handler.stats.get_value("browser/restarts/driver") == 1
    _, alive = psutil.wait_procs([browser], timeout=10)
    assert alive == []
    for response in responses:
        await close_page(response.meta["playwright_page"])


async def test_browsers_are_replaced_without_a_page_noticing(
    handler: RenderHandler, fetch: Fetch, serve: Callable[..., str]
) -> None:
    handler.browser_provider._limits = Limits(pages=3)
    url = serve("<h1>Mug</h1>")
    held = await fetch(url)
    for _ in range(50):  # as many as it takes for the fresh one to start
        page = (await fetch(url)).meta["playwright_page"]
        await close_page(page)
        if handler.stats.get_value("browser/restarts/pages"):
            break
    assert handler.stats.get_value("browser/restarts/pages") == 1
    assert handler.stats.get_value("browser/restarts/crash") is None
    assert await handler.browser_megabytes() > 0
    page, activity = held.meta["playwright_page"], held.meta["activity"]
    assert (await render(page, activity, Budget(10))).snapshot.heading == "Mug"
    await close_page(page)
