"""Checks every part the crawler needs, each with the remedy for what is missing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import async_playwright

from imagecrawler.config import Config, load_config
from imagecrawler.db.database import Database
from imagecrawler.errors import ImagecrawlerError
from imagecrawler.rendering.browser import find_browser, launch_options
from imagecrawler.storage import open_store


@dataclass(frozen=True, slots=True)
class Finding:
    """One part and how it does; ``detail`` holds the remedy where it is not healthy."""

    part: str
    healthy: bool
    detail: str


async def examine_all() -> list[Finding]:
    """Every part in turn; a sick one does not hide the next. Raises BadConfiguration."""
    config = load_config()
    return [await _examine(part, check, config) for part, check in CHECKS]


async def _examine(part: str, check: Callable[[Config], Awaitable[str]], config: Config) -> Finding:
    try:
        return Finding(part, True, await check(config))
    except ImagecrawlerError as error:
        return Finding(part, False, str(error))


async def _browser(config: Config) -> str:
    options = launch_options(config)
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(**options)
            version = browser.version
            await browser.close()
    except PlaywrightError as error:
        reason = error.message.splitlines()[0]
        raise ImagecrawlerError(f"{options['executable_path']} does not start: {reason}") from None
    return f"Chromium {version} at {find_browser(config)}"


async def _database(config: Config) -> str:
    database = Database.from_config(config)
    try:
        await database.check()
    finally:
        await database.close()
    return "configured" if config.database_url else f"embedded, under {config.data_dir}"


async def _store(config: Config) -> str:
    store = open_store(config)
    try:
        await store.check()
    finally:
        await store.close()
    return config.storage_url or f"filesystem, {config.media_dir}"


CHECKS = (("browser", _browser), ("database", _database), ("store", _store))
