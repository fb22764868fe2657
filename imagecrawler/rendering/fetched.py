"""The JSON that a page's scripts have fetched: its state, where it is not written into the page."""

from __future__ import annotations

import logging
from collections.abc import Container

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request, Response

from imagecrawler.budget import Budget
from imagecrawler.extraction.state import looks_like_state
from imagecrawler.items import Script

logger = logging.getLogger(__name__)

#: Answers of one page that are read, and bytes of each.
MAX_ANSWERS = 20
MAX_BYTES = 2 * 2**20

#: Wall seconds at most for all at once; they come from the browser's memory, or not at all.
READ_SECONDS = 1.0


class FetchedState:
    """Answers to the ``fetch`` and ``XMLHttpRequest`` of one page."""

    def __init__(self) -> None:
        self._unread: list[Response] = []
        self._scripts: list[Script] = []
        self._left = MAX_ANSWERS

    def keep(self, response: Response) -> None:
        """Remembers it, where it may be state."""
        if self._left and _is_state(response):
            self._left -= 1
            self._unread.append(response)

    async def scripts(self, pending: Container[Request], budget: Budget) -> tuple[Script, ...]:
        """Those that name image files, in the order of the answers; each is read once.

        ``pending`` are the requests whose answers are still on their way.
        """
        part = budget.part(READ_SECONDS)
        for response in [each for each in self._unread if each.request not in pending]:
            text = await _text(response, part)
            self._unread.remove(response)
            if looks_like_state(text):
                self._scripts.append(Script(text, path=response.url, fetched=True))
        return tuple(self._scripts)


def _is_state(response: Response) -> bool:
    if response.request.resource_type not in {"fetch", "xhr"} or not response.ok:
        return False
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > MAX_BYTES:
        return False
    return "json" in response.headers.get("content-type", "").lower()


async def _text(response: Response, budget: Budget) -> str:
    """Empty where it is too long, or no longer in the browser's memory."""
    try:
        async with budget.limit():
            body = await response.body()
    except (PlaywrightError, TimeoutError) as error:
        logger.info("%s is not to be read: %s", response.url, error or "timed out")
        return ""
    return body.decode("utf-8", "replace") if len(body) <= MAX_BYTES else ""
