"""Windows that a page opens: none in a browser of ours, few for long in a remote one."""

from collections.abc import AsyncIterator, Callable

import pytest
from playwright.async_api import Browser, Page, async_playwright

from imagecrawler.config import load_config
from imagecrawler.rendering.browser import launch_options
from imagecrawler.rendering.page import prepare_page

EVERY_WAY = """<a id=link target=_blank href="/p">p</a>
<form id=order target=_blank action="/p"></form><iframe></iframe><script>
const middle = new MouseEvent('click', {button: 1, ctrlKey: true, bubbles: true});
const open = () => {
  window.open('/p');
  frames[0].open('/p');
  link.click();
  link.cloneNode().click();
  link.dispatchEvent(middle);
  order.submit();
};
"""


@pytest.fixture
async def permissive_browser() -> AsyncIterator[Browser]:
    """Like a remote one: nobody told it to refuse windows."""
    options = launch_options(load_config())
    options["args"].remove("--block-new-web-contents")
    del options["proxy"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**options)
        yield browser
        await browser.close()


async def test_a_browser_of_ours_opens_none(browser: Browser, serve: Callable[..., str]) -> None:
    url = serve(EVERY_WAY + "for (let i = 0; i < 20; i++) open()</script>")
    page = await (await browser.new_context()).new_page()
    opened: list[Page] = []
    page.context.on("page", lambda popup: opened.append(popup))
    await prepare_page(page)
    await page.goto(url)
    assert await page.evaluate("document.title = 'alive'") == "alive"
    assert opened == []


async def test_a_few_windows_are_closed_and_the_page_goes_on(
    permissive_browser: Browser, serve: Callable[..., str]
) -> None:
    page = await (await permissive_browser.new_context()).new_page()
    await prepare_page(page)
    await page.goto(serve(EVERY_WAY + "</script>"))
    async with page.context.expect_page() as opening:
        await page.evaluate("link.click()")
    popup = await opening.value
    if not popup.is_closed():
        await popup.wait_for_event("close")
    assert page.context.pages == [page]


async def test_a_page_that_goes_on_opening_windows_is_closed(
    permissive_browser: Browser, serve: Callable[..., str], caplog: pytest.LogCaptureFixture
) -> None:
    page = await (await permissive_browser.new_context()).new_page()
    await prepare_page(page)
    async with page.expect_event("close"):
        await page.goto(serve(EVERY_WAY + "setInterval(open, 50)</script>"), wait_until="commit")
    assert "kept opening windows" in caplog.text
