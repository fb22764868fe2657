"""Runs our scripts in a page, apart from the page's own."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files
from typing import Any

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError

from imagecrawler.budget import Budget
from imagecrawler.errors import RenderFailed
from imagecrawler.rendering.activity import Activity
from imagecrawler.rendering.loss import loss_of, while_open

#: Chromium's, between calls and in the middle of one.
_MOVED_ON = ("context", "navigated")

_SCRIPTS = files("imagecrawler.rendering") / "scripts"


@cache
def _source(script: str) -> str:
    return (_SCRIPTS / f"{script}.js").read_text("utf-8")


class IsolatedWorld:
    """A JavaScript world of our own in the page's document.

    What the page has done to JSON, Array or querySelector does not reach it (content scripts
    of extensions live in the same kind of world: developer.chrome.com/docs/extensions). The
    document itself is shared: fields shadow the properties of their form here too, which
    ``scripts/dom.js`` works around, and the page can notice what we do to it, the scrolling
    above all.
    """

    def __init__(self, page: Page, activity: Activity) -> None:
        self._page = page
        self._activity = activity
        self._opened: CDPSession | None = None
        self._context: int | None = None

    async def run(self, script: str, budget: Budget, *arguments: Any) -> Any:
        """Calls the function that ``scripts/{script}.js`` is, and returns its JSON value.

        Its first argument is what ``scripts/dom.js`` gives.

        Raises TimeoutError at the end of the budget, RenderFailed when the page is gone or the
        script threw, BrowserLost when its tab or its browser died.
        """
        async with budget.limit(), self._gone_in_words():
            return await self._call(script, arguments)

    async def send(self, command: str, parameters: Mapping[str, Any], budget: Budget) -> None:
        """Sends a command of the DevTools protocol to the page. Raises like :meth:`run`."""
        async with budget.limit(), self._gone_in_words():
            await (await self._session()).send(command, dict(parameters))

    async def listen(self, event: str, hear: Callable[[Any], None], budget: Budget) -> None:
        """Calls ``hear`` for each event of the DevTools protocol. Raises like :meth:`run`."""
        async with budget.limit(), self._gone_in_words():
            (await self._session()).on(event, hear)

    @asynccontextmanager
    async def _gone_in_words(self) -> AsyncIterator[None]:
        try:
            async with while_open(self._page.context):
                yield
        except PlaywrightError as error:
            gone = RenderFailed(f"the page went away: {error.message.splitlines()[0]}")
            raise await loss_of(error, self._page, self._activity) or gone from error

    async def _call(self, script: str, arguments: tuple[Any, ...]) -> Any:
        expression = f"({_source(script)})(({_source('dom')})(), ...{json.dumps(arguments)})"
        try:
            return await self._evaluate(script, expression)
        except PlaywrightError as error:
            # a navigation has replaced the document, and our world with it
            if not any(words in error.message for words in _MOVED_ON):
                raise
            self._context = None
            return await self._evaluate(script, expression)

    async def _evaluate(self, script: str, expression: str) -> Any:
        session = await self._session()
        if self._context is None:
            self._context = await _create_world(session)
        answer = await session.send(
            "Runtime.evaluate",
            {
                "expression": expression,
                "contextId": self._context,
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
        if details := answer.get("exceptionDetails"):
            thrown = details.get("exception", {}).get("description") or details["text"]
            raise RenderFailed(f"{script} failed in the page: {thrown.splitlines()[0]}")
        return answer["result"].get("value")

    async def _session(self) -> CDPSession:
        if self._opened is None:
            self._opened = await self._page.context.new_cdp_session(self._page)
        return self._opened


async def _create_world(session: CDPSession) -> int:
    tree = await session.send("Page.getFrameTree")
    world = await session.send(
        "Page.createIsolatedWorld",
        {"frameId": tree["frameTree"]["frame"]["id"], "worldName": "imagecrawler"},
    )
    context: int = world["executionContextId"]
    return context
