"""What a process for one page starts while it is still importing the rest of itself.

The imports keep one core busy for a second; a browser and a database that start need a core for
moments, and are mostly waited for.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from imagecrawler.config import Config
from imagecrawler.errors import DatabaseError
from imagecrawler.rendering.early import EarlyBrowser

if TYPE_CHECKING:
    from imagecrawler.db.embedded import EmbeddedServer

#: They bring almost all that a crawl imports.
_MODULES = (
    *("imagecrawler.jobs.crawl", "imagecrawler.jobs.handler", "imagecrawler.jobs.pictures"),
    "imagecrawler.egress.fetch",
)


@dataclass(frozen=True)
class HeadStart:
    """For the one crawl of this process. ``server`` is None where the database is another."""

    browser: EarlyBrowser
    server: EmbeddedServer | None


def take_head_start(config: Config) -> HeadStart:
    """Imports in a thread, and leaves the event loop of this one for the crawl to run on.

    What does not start is tried again by the crawl, which says what is wrong.
    """
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop.run_until_complete(_start(config))


async def _start(config: Config) -> HeadStart:
    browser = EarlyBrowser()
    _, server = await asyncio.gather(browser.start(config), asyncio.to_thread(_import, config))
    return HeadStart(browser, server)


def _import(config: Config) -> EmbeddedServer | None:
    # one after the other: modules that two threads import at once may wait for each other
    from imagecrawler.db.embedded import EmbeddedServer

    server = EmbeddedServer(config.data_dir) if config.database_url is None else None
    with ThreadPoolExecutor(1) as aside:
        if server is not None:
            aside.submit(_start_server, server)
        for name in _MODULES:
            import_module(name)
    return server


def _start_server(server: EmbeddedServer) -> None:
    with suppress(DatabaseError):
        server.start()
