"""Runs one crawl in this process and says how it ended."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping
from typing import Any

# First: it looks through the stack and all modules (scrapy.utils.deprecate), which are few by now.
import scrapy.core.downloader.contextfactory  # noqa: F401

# isort: split
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from imagecrawler.db.extension import DatabaseExtension
from imagecrawler.errors import ImagecrawlerError
from imagecrawler.items import Outcome, PageItem
from imagecrawler.jobs import exit_codes
from imagecrawler.jobs.head_start import HeadStart
from imagecrawler.jobs.log_context import work_of
from imagecrawler.logs import TextFormatter, at_work, install
from imagecrawler.signals import stage_reached

logger = logging.getLogger(__name__)


class Ending:
    """How a crawl ended: ``item`` is its page, ``error`` why there is none."""

    def __init__(self, crawler: Crawler) -> None:
        self.item: PageItem | None = None
        self.error: BaseException | None = None
        self._crawler = crawler
        crawler.signals.connect(self._keep, signals.item_scraped)

    def _keep(self, item: PageItem) -> None:
        self.item = item

    def note(self, task: asyncio.Task[None]) -> None:
        """Takes the exception of the crawl's task, so that asyncio prints no traceback."""
        self.error = task.exception()

    @property
    def problem(self) -> BaseException | None:
        """What kept the crawl from its page."""
        spider = self._crawler.spider
        ledger = getattr(spider, "jobs", None)
        job_failure = ledger.failure if ledger is not None else None
        return self.error or getattr(spider, "failure", None) or job_failure

    @property
    def exit_code(self) -> int:
        """0 succeeded, 1 failed or blocked, 2 bad input, 3 partial."""
        if self.problem is not None:
            return exit_codes.of_error(self.problem)
        return exit_codes.BY_OUTCOME[self.item.outcome] if self.item else 1

    def log(self) -> None:
        """One line; a traceback only for what nobody foresaw."""
        if isinstance(self.problem, ImagecrawlerError):
            logger.error("%s", self.problem)
        elif self.problem is not None:
            logger.error("the crawl broke", exc_info=self.problem)
        elif self.item is not None:
            _log_item(self.item)


class StandingEnding(Ending):
    """How a standing worker ended: how its jobs did is theirs, and told as they end."""

    def _keep(self, item: PageItem) -> None:
        _log_item(item)

    @property
    def problem(self) -> BaseException | None:
        """What kept the worker from its queue."""
        return self.error or getattr(self._crawler.spider, "failure", None)

    @property
    def exit_code(self) -> int:
        """0 when it was told to stop and has finished what it held."""
        reason = self._crawler.stats.get_value("finish_reason") if self._crawler.stats else None
        if self.problem is None and reason == "finished":
            return 0
        return exit_codes.of_error(self.problem) if self.problem else 1


def _log_item(item: PageItem) -> None:
    if item.retry_in is not None:
        logger.warning("%s: %s", item.target.url, item.detail)
        return
    if item.unchanged:
        logger.info("%s: unchanged since its last crawl", item.target.url)
        return
    level = logging.INFO if item.outcome is Outcome.SUCCEEDED else logging.ERROR
    message = "%s: %s, %d of %d pictures saved%s"
    why = f" ({item.detail})" if item.detail else ""
    saved = (len(item.stored), item.found)
    with at_work(work_of(item.job_id, item.target)):
        logger.log(level, message, item.target.url, item.outcome.value, *saved, why)


def open_log(settings: Settings) -> None:
    """Sees to the log in Scrapy's place, to where its settings say; before the crawl's process."""
    settings.set("LOG_INSTALL_ROOT_HANDLER", False, priority="cmdline")
    if not settings.getbool("LOG_ENABLED"):
        return
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if path := settings.get("LOG_FILE"):
        mode = "a" if settings.getbool("LOG_FILE_APPEND") else "w"
        handler = logging.FileHandler(path, mode, settings.get("LOG_ENCODING"))
    style = settings["IMAGECRAWLER_CONFIG"].log_format
    text = TextFormatter(settings.get("LOG_FORMAT"), settings.get("LOG_DATEFORMAT"))
    logging.root.setLevel(logging.NOTSET)
    install(handler, style, settings.get("LOG_LEVEL"), text)


def run_crawl(
    process: AsyncCrawlerProcess, crawler: Crawler, arguments: Mapping[str, Any]
) -> Ending:
    """Runs the crawl to its end, whichever that is."""
    # a robots.txt that cannot be had is no event: the page behind it tells the same, in words
    logging.getLogger("scrapy.downloadermiddlewares.robotstxt").setLevel(logging.CRITICAL)
    ending = StandingEnding(crawler) if arguments.get("queue") == "1" else Ending(crawler)
    task = process.crawl(crawler, **arguments)
    task.add_done_callback(ending.note)
    process.start()
    if ending.error is not None:
        close_database(crawler)
    return ending


def close_database(crawler: Crawler) -> None:
    """Closes what was opened for a crawl that could not be built: it never stops either."""
    try:
        extension = crawler.get_extension(DatabaseExtension)
    except RuntimeError:  # it did not even get its extensions
        return
    if extension is not None:
        asyncio.run(extension.database.close())


def crawl_page(
    settings: Settings,
    arguments: Mapping[str, Any],
    on_stage: Callable[..., None],
    head_start: HeadStart,
) -> PageItem:
    """One page, now. ``on_stage(stage, count, total)`` follows it.

    ``head_start`` was taken by this thread, whose event loop the crawl runs on.

    Raises the ImagecrawlerError that kept the page from being crawled.
    """
    open_log(settings)
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler("sales_page")
    # not before: what the process's settings hold is copied
    crawler.settings.set("IMAGECRAWLER_BROWSER", head_start.browser)
    crawler.settings.set("IMAGECRAWLER_SERVER", head_start.server)
    crawler.signals.connect(on_stage, stage_reached)
    ending = run_crawl(process, crawler, arguments)
    if ending.problem is not None:
        raise ending.problem
    if ending.item is None:
        raise ImagecrawlerError(f"{arguments['url']}: the crawl was interrupted; run it again")
    return ending.item


def run_worker(settings: Settings) -> int:
    """Crawls what waits in the queue until it is told to stop; gives the exit code."""
    open_log(settings)
    process = AsyncCrawlerProcess(settings)
    ending = run_crawl(process, process.create_crawler("sales_page"), {"queue": "1"})
    ending.log()
    return ending.exit_code
