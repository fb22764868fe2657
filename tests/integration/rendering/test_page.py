"""How a page is drawn that nobody looks at."""

import asyncio
from base64 import b64decode
from collections.abc import Callable
from io import BytesIO
from typing import Any

from PIL import Image
from playwright.async_api import Page

from imagecrawler.rendering.page import prepare_page

RED, WHITE = (255, 0, 0), (255, 255, 255)
PAGE = "<!doctype html><p style='height: 5000px; background: #f00'><i id=far>far</i>"
SEEN = """async () => {
  const box = ({x, y, width, height}) => [x, y, width, height];
  const seen = [];
  const observer = new IntersectionObserver((entries) => {
    for (const each of entries) seen.push([each.isIntersecting, box(each.rootBounds)]);
  });
  observer.observe(far);
  const frames = async () => {
    for (let left = 4; left; left--) await new Promise(requestAnimationFrame);
  };
  await frames();
  scrollTo(0, 2000);
  await frames();
  return [devicePixelRatio, innerWidth, innerHeight, outerWidth, screen.width, screen.height,
    box(visualViewport), visualViewport.scale, matchMedia('(resolution: 1dppx)').matches,
    matchMedia('(width: 1680px)').matches, box(far.getBoundingClientRect()), scrollY,
    document.elementFromPoint(800, 500).tagName, seen];
}"""


async def test_it_is_drawn_small_and_knows_nothing_of_it(
    page: Page, serve: Callable[..., str]
) -> None:
    other = await page.context.new_page()
    await prepare_page(page)
    told = []
    for each in (other, page):
        await each.bring_to_front()
        await each.goto(serve(PAGE))
        told.append(await each.evaluate(SEEN))
    assert told[0] == told[1]
    assert [seen[0] for seen in told[0][-1]] == [True, False]

    assert _middle(await _frame_of(page)) == WHITE
    assert _middle(await page.screenshot()) == RED


async def _frame_of(page: Page) -> bytes:
    """A frame as it is drawn."""
    session = await page.context.new_cdp_session(page)
    frame: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    session.once("Page.screencastFrame", lambda event: frame.set_result(event))
    await session.send("Page.startScreencast", {"format": "png"})
    return b64decode((await frame)["data"])


def _middle(picture: bytes) -> object:
    image = Image.open(BytesIO(picture)).convert("RGB")
    return image.getpixel((image.width // 2, image.height // 2))
