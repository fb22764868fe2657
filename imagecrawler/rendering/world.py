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

#: What a script gets after dom.js, each made from those before it.
_LIBRARIES = {
    "dialogs": ("context",),
    "snapshot": ("context", "shown", "metadata", "content"),
    "frames": ("context", "shown"),
    "gallery": ("context", "stage"),
    "colours": ("context", "stage"),
}


@cache
def _all_scripts() -> str:
    """Makes every script of ours a function of the world that it is evaluated in.

    Sent and compiled once, what is called often gets faster, as it does for a page's own scripts.
    """
    ours = [each for each in _SCRIPTS.iterdir() if each.name.endswith(".js")]
    functions = ", ".join(f"{each.name[:-3]}: {each.read_text('utf-8')}" for each in ours)
    return f"globalThis.imagecrawler = {{ {functions} }}; imagecrawler.dom = imagecrawler.dom(); 0"


class IsolatedWorld:
    """A JavaScript world of our own in the page's document.

    What the page has done to JSON, Array or querySelector does not reach it (content scripts
    of extensions live in the same kind of world: developer.chrome.com/docs/extensions). The
    document itself is shared: fields shadow the properties of their form here too, which
    ``scripts/dom.js`` works around, and the page can notice what we do to it, the scrolling
    above all.
    """

    def __init__(
        self,
        page: Page,
        activity: Activity,
        session: CDPSession | None = None,
        frame_id: str | None = None,
    ) -> None:
        """In the page's main frame, or in the one that ``frame_id`` names to ``session``."""
        self.page = page
        self.activity = activity
        self._opened = session
        self._frame_id = frame_id
        self._context: int | None = None

    async def run(self, script: str, budget: Budget, *arguments: Any) -> Any:
        """Calls the function that ``scripts/{script}.js`` is, and returns its JSON value.

        Its first argument is what ``scripts/dom.js`` gives, then come its ``_LIBRARIES``.

        Raises TimeoutError at the end of the budget, RenderFailed when the page is gone or the
        script threw, BrowserLost when its tab or its browser died.
        """
        async with budget.limit(), self._gone_in_words():
            return await self._call(script, arguments)

    async def frames(
        self, budget: Budget, least_side: int, most: int
    ) -> tuple[dict[str, Any], list[str]]:
        """What ``scripts/frames.js`` says of this document's frames, and their ids."""
        async with budget.limit(), self._gone_in_words():
            expression = _call_of("frames", str(least_side), str(most))
            answer = await self._evaluate("frames", expression, by_value=False)
            session = await self.session()
            of_array = {"objectId": answer["objectId"], "ownProperties": True}
            listed = (await session.send("Runtime.getProperties", of_array))["result"]
            told, *owners = [each["value"] for each in listed if each["name"].isdecimal()]
            nodes = [
                await session.send("DOM.describeNode", {"objectId": owner["objectId"]})
                for owner in owners
            ]
            return json.loads(told["value"]), [each["node"].get("frameId", "") for each in nodes]

    async def reach(self, budget: Budget) -> bool:
        """Whether the frame can be reached by its session: that of another site cannot."""
        async with budget.limit():
            try:
                self._context = await _create_world(await self.session(), self._frame_id)
            except PlaywrightError:
                return False
        return True

    async def send(self, command: str, parameters: Mapping[str, Any], budget: Budget) -> Any:
        """Sends a command of the DevTools protocol to the page. Raises like :meth:`run`."""
        async with budget.limit(), self._gone_in_words():
            return await (await self.session()).send(command, dict(parameters))

    async def listen(self, event: str, hear: Callable[[Any], None], budget: Budget) -> None:
        """Calls ``hear`` for each event of the DevTools protocol. Raises like :meth:`run`."""
        async with budget.limit(), self._gone_in_words():
            (await self.session()).on(event, hear)

    @asynccontextmanager
    async def _gone_in_words(self) -> AsyncIterator[None]:
        try:
            async with while_open(self.page.context):
                yield
        except PlaywrightError as error:
            gone = RenderFailed(f"the page went away: {error.message.splitlines()[0]}")
            raise await loss_of(error, self.page, self.activity) or gone from error

    async def _call(self, script: str, arguments: tuple[Any, ...]) -> Any:
        expression = _call_of(script, *map(json.dumps, arguments))
        return (await self._evaluate(script, expression)).get("value")

    async def _evaluate(self, script: str, expression: str, by_value: bool = True) -> Any:
        try:
            return await self._evaluate_once(script, expression, by_value)
        except _WorldGone:
            pass
        except PlaywrightError as error:
            if not any(words in error.message for words in _MOVED_ON):
                raise
        # a navigation has replaced the document, and our world with it
        self._context = None
        return await self._evaluate_once(script, expression, by_value)

    async def _evaluate_once(self, script: str, expression: str, by_value: bool) -> Any:
        session = await self.session()
        if self._context is None:
            self._context = await _create_world(session, self._frame_id)
        parameters = {"awaitPromise": True, "returnByValue": by_value}
        answer = await session.send(
            "Runtime.evaluate",
            {"expression": expression, "contextId": self._context, **parameters},
        )
        _raise_thrown(script, answer)
        return answer["result"]

    async def session(self) -> CDPSession:
        """The connection to the process that renders the frame."""
        if self._opened is None:
            self._opened = await self.page.context.new_cdp_session(self.page)
        return self._opened


class _WorldGone(RenderFailed):
    """What was to be our world is another one: processes count them from 1."""


def _raise_thrown(script: str, answer: Mapping[str, Any]) -> None:
    if details := answer.get("exceptionDetails"):
        thrown = details.get("exception", {}).get("description") or details["text"]
        kind = _WorldGone if "imagecrawler is not defined" in thrown else RenderFailed
        raise kind(f"{script} failed in the page: {thrown.splitlines()[0]}")


def _call_of(script: str, *arguments: str) -> str:
    made, known = [], ["imagecrawler.dom"]
    for name in _LIBRARIES.get(script, ()):
        made.append(f"const {name} = imagecrawler.{name}({', '.join(known)});")
        known.append(name)
    given = ", ".join((*known, *arguments))
    return f"(() => {{ {' '.join(made)} return imagecrawler.{script}({given}); }})()"


async def _create_world(session: CDPSession, frame_id: str | None) -> int:
    if frame_id is None:
        tree = await session.send("Page.getFrameTree")
        frame_id = tree["frameTree"]["frame"]["id"]
    world = await session.send(
        "Page.createIsolatedWorld", {"frameId": frame_id, "worldName": "imagecrawler"}
    )
    context: int = world["executionContextId"]
    scripts = {"expression": _all_scripts(), "contextId": context}
    _raise_thrown("what all scripts need", await session.send("Runtime.evaluate", scripts))
    return context
