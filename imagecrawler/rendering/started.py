"""A running browser, and how long it may serve."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Literal

import psutil
from playwright.async_api import Browser
from playwright.async_api import Error as PlaywrightError

from imagecrawler.rendering.processes import kill_tree, private_megabytes

logger = logging.getLogger(__name__)

#: Wall seconds after which a browser that was told to end is ended by force.
CLOSE_SECONDS = 5.0

#: How often memory is looked at, in pages.
MEASURED_PAGES = 10

Reason = Literal["crash", "driver", "memory", "pages"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a browser may serve and use before it is replaced; 0 stands for no limit.

    ``megabytes``: MiB of private memory of its process tree; ``page_megabytes``: MiB that a process
    with a page can have.
    """

    pages: int = 0
    megabytes: int = 0
    page_megabytes: int = 0

    def exceeded(self, pages: int, megabytes: float) -> Literal["memory", "pages"] | None:
        """By which of the two a browser has to go, if any."""
        if self.pages and pages >= self.pages:
            return "pages"
        if self.megabytes and megabytes > self.megabytes:
            return "memory"
        return None

    def worth_a_look(self, pages: int) -> bool:
        """Whether a browser that has just been given its ``pages``-th page may have to go."""
        measured = bool(self.megabytes) and pages % MEASURED_PAGES == 0
        return measured or (bool(self.pages) and pages >= self.pages)


@dataclass(eq=False, slots=True)
class Started:
    """A running browser; ``process`` is None where it runs on another machine.

    ``pages`` were begun in it so far; ``held`` of their contexts are not closed yet.
    """

    browser: Browser
    process: psutil.Process | None = None
    pages: int = 0
    held: int = 0
    closing: bool = False

    @property
    def is_usable(self) -> bool:
        """Whether it takes new pages."""
        return not self.closing and self.browser.is_connected()

    def megabytes(self) -> float:
        """MiB of private memory, 0 for a remote browser."""
        return private_megabytes(self.process) if self.process else 0.0

    def kill(self) -> None:
        """Ends it from outside."""
        self.closing = True
        if self.process:
            kill_tree(self.process)

    async def close(self) -> None:
        """Ends it, by force where it does not answer."""
        self.closing = True
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.browser.close()
        except (TimeoutError, PlaywrightError) as error:
            logger.warning("the browser did not close: %s", str(error) or "timed out")
            self.kill()
