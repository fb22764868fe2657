"""Pictures that the browser has loaded need not be fetched again."""

from collections.abc import AsyncIterator, Callable

import pytest
from playwright.async_api import Browser, Page, async_playwright

from imagecrawler.budget import Budget
from imagecrawler.config import load_config
from imagecrawler.rendering import activity as activity_module
from imagecrawler.rendering.activity import Activity
from imagecrawler.rendering.browser import launch_options

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """With images, as for a page whose layout needs them."""
    options = launch_options(load_config())
    del options["proxy"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**options)
        yield browser
        await browser.close()


async def _visit(page: Page, serve: Callable[..., str], html: str, *names: str) -> str:
    moved = {"/moved.svg": (302, {"Location": "/again.svg"})}
    again = {"/again.svg": (301, {"Location": "/final.svg"})}
    url = serve(html, {f"/{name}": PICTURE for name in names}, moved | again)
    await page.goto(url)
    return url


async def test_a_redirected_picture_answers_to_its_first_and_last_address(
    page: Page, activity: Activity, serve: Callable[..., str]
) -> None:
    url = await _visit(page, serve, "<img src=/moved.svg><img src=/b.svg>", "final.svg", "b.svg")
    wanted = {url + name for name in ("moved.svg", "final.svg", "other.svg")}
    bodies = await activity.bodies(wanted, Budget(10))
    assert bodies == dict.fromkeys([url + "moved.svg", url + "final.svg"], PICTURE.encode())


@pytest.mark.parametrize(
    ("limit", "value", "kept"),
    [
        ("MAX_BODY_BYTES", len(PICTURE) - 1, 0),
        ("MAX_BODIES_BYTES", 2 * len(PICTURE), 2),
        ("MAX_BODIES", 1, 1),
    ],
)
async def test_what_is_taken_from_the_browser_is_bounded(
    page: Page,
    activity: Activity,
    serve: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    value: int,
    kept: int,
) -> None:
    names = ("a.svg", "b.svg", "c.svg")
    url = await _visit(page, serve, "".join(f"<img src=/{name}>" for name in names), *names)
    monkeypatch.setattr(activity_module, limit, value)
    assert len(await activity.bodies({url + name for name in names}, Budget(10))) == kept
