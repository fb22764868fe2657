from __future__ import annotations

import asyncio
import logging
from types import SimpleNamespace
from uuid import UUID

import pytest
from scrapy import signals
from scrapy.signalmanager import SignalManager

from imagecrawler.errors import BadTarget, DatabaseError, ImagecrawlerError, UnknownCampaign
from imagecrawler.items import Outcome, PageItem, Reason, Rejection, Target
from imagecrawler.jobs.crawl import Ending

TARGET = Target("https://shop.example/p", UUID(int=1), UUID(int=2))


class StoppedCrawler:
    """A crawler as it is left: its signals and its spider, None when it never had one."""

    def __init__(self, failure: ImagecrawlerError | None = None, *, opened: bool = True) -> None:
        self.signals = SignalManager()
        ledger = SimpleNamespace(failure=failure)
        self.spider = SimpleNamespace(jobs=ledger) if opened else None


def ended(outcome: Outcome, detail: str = "") -> Ending:
    crawler = StoppedCrawler()
    ending = Ending(crawler)
    rejections = (Rejection("u", Reason.TOO_SMALL),)
    item = PageItem(TARGET, UUID(int=3), outcome, detail, rejections=rejections)
    crawler.signals.send_catch_log(signals.item_scraped, item=item)
    return ending


def only_line(ending: Ending, caplog: pytest.LogCaptureFixture) -> logging.LogRecord:
    with caplog.at_level(logging.INFO):
        ending.log()
    [record] = caplog.records
    assert "\n" not in record.getMessage()
    return record


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome.SUCCEEDED, 0),
        (Outcome.FAILED, 1),
        (Outcome.BLOCKED, 1),
        (Outcome.PARTIAL, 3),
    ],
)
def test_the_exit_code_follows_the_outcome(outcome: Outcome, code: int):
    assert ended(outcome).exit_code == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadTarget("url: missing"), 2),
        (UnknownCampaign("campaign 1: unknown"), 2),
        (DatabaseError("PostgreSQL is away"), 1),
    ],
)
def test_what_kept_the_job_from_beginning(
    error: ImagecrawlerError, code: int, caplog: pytest.LogCaptureFixture
):
    ending = Ending(StoppedCrawler(error))
    assert ending.problem is error
    assert ending.exit_code == code
    record = only_line(ending, caplog)
    assert (record.levelname, record.getMessage()) == ("ERROR", str(error))
    assert record.exc_info is None


async def _fails(error: Exception) -> None:
    raise error


async def _crawl_that_fails(error: Exception) -> Ending:
    ending = Ending(StoppedCrawler(opened=False))
    task = asyncio.ensure_future(_fails(error))
    await asyncio.wait({task})
    ending.note(task)
    return ending


async def test_an_error_of_the_crawl_itself(caplog: pytest.LogCaptureFixture):
    ending = await _crawl_that_fails(BadTarget("url: missing"))
    assert ending.exit_code == 2
    assert only_line(ending, caplog).getMessage() == "url: missing"


async def test_what_nobody_foresaw_keeps_its_traceback(caplog: pytest.LogCaptureFixture):
    ending = await _crawl_that_fails(ZeroDivisionError("oh"))
    assert ending.exit_code == 1
    record = only_line(ending, caplog)
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


@pytest.mark.parametrize(
    ("outcome", "level"), [(Outcome.SUCCEEDED, "INFO"), (Outcome.PARTIAL, "ERROR")]
)
def test_the_outcome_is_one_line(outcome: Outcome, level: str, caplog: pytest.LogCaptureFixture):
    record = only_line(ended(outcome, "the CDN is away"), caplog)
    assert record.levelname == level
    expected = f"{TARGET.url}: {outcome}, 0 of 1 pictures saved (the CDN is away)"
    assert record.getMessage() == expected


def test_a_crawl_without_item_or_error_has_failed():
    ending = Ending(StoppedCrawler())
    assert ending.problem is None
    assert ending.exit_code == 1
