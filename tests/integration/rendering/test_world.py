from __future__ import annotations

from collections.abc import Callable

from playwright.async_api import Page

from imagecrawler.budget import Budget
from imagecrawler.rendering.activity import Activity
from imagecrawler.rendering.world import IsolatedWorld


async def test_a_world_that_has_become_another_s_is_made_anew(
    page: Page, activity: Activity, serve: Callable[..., str]
) -> None:
    await page.goto(serve("<img src=mug.jpg>"))
    world = IsolatedWorld(page, activity)
    pulse = await world.run("pulse", Budget(10))
    session = await world.session()
    tree = await session.send("Page.getFrameTree")
    other = await session.send(
        "Page.createIsolatedWorld",
        {"frameId": tree["frameTree"]["frame"]["id"], "worldName": "another"},
    )
    world._context = other["executionContextId"]
    assert await world.run("pulse", Budget(10)) == pulse
    assert world._context != other["executionContextId"]
