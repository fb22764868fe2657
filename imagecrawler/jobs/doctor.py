"""Checks every part the crawler needs, each with the remedy for what is missing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from scrapy.settings import Settings
from scrapy_playwright.handler import Config as HandlerConfig

from imagecrawler.config import Config, load_config
from imagecrawler.db.database import Database
from imagecrawler.errors import ImagecrawlerError
from imagecrawler.rendering.browser import launch_options
from imagecrawler.rendering.provider import BrowserProvider
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
    """Opens a page in the browser that would crawl, started or reached in the same way."""
    remote = config.playwright_cdp_url
    options = {} if remote else launch_options(config)
    settings = {"PLAYWRIGHT_CDP_URL": remote or None, "PLAYWRIGHT_LAUNCH_OPTIONS": options}
    provider = BrowserProvider(HandlerConfig.from_settings(Settings(settings)))
    await provider.start()
    try:
        version = await provider.try_out()
    finally:
        await provider.close()
    return f"Chromium {version} at {remote or options['executable_path']}"


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
