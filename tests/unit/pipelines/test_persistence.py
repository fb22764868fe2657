"""A database that fails; what it keeps is tested in ``tests/integration/pipelines``."""

from dataclasses import replace
from datetime import timedelta

import pytest
from scrapy.signalmanager import SignalManager

from imagecrawler.errors import DatabaseError, UnknownCampaign
from imagecrawler.items import Outcome, Reason, Rejection
from imagecrawler.signals import job_unwritten
from pipelines import persistence
from pipelines.persistence import PersistencePipeline

AWAY = DatabaseError("PostgreSQL is away")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persistence, "PAUSES", (0.0, 0.0))


async def test_rows_that_cannot_be_written_cost_no_image(page, stored, broken_database, caplog):
    database, signals, unwritten = broken_database(AWAY), SignalManager(), []

    def note(item):
        unwritten.append(item)

    signals.connect(note, job_unwritten)
    before = page(stored=(stored("a"), stored("b")))
    item = await PersistencePipeline(database, signals, timedelta()).process_item(before)
    assert database.sessions == 3 + 1
    assert unwritten == [item]
    assert item.stored == before.stored
    assert [each.id for each in item.stored] == [None, None]
    assert item.outcome is Outcome.PARTIAL
    assert item.detail == "stored, but their rows are missing, run it again: PostgreSQL is away"
    levels = [record.levelname for record in caplog.records]
    assert levels == ["WARNING", "WARNING", "ERROR", "ERROR"]


@pytest.fixture
def persist(broken_database):
    return lambda error: PersistencePipeline(broken_database(error), SignalManager(), timedelta())


async def test_a_page_that_was_partial_before_says_both(page, stored, persist):
    before = page(stored=(stored("a"),), outcome=Outcome.PARTIAL, detail="1 of 2 uploads failed")
    item = await persist(AWAY).process_item(before)
    assert item.outcome is Outcome.PARTIAL
    assert item.detail.startswith("1 of 2 uploads failed; stored, but their rows")


async def test_a_page_with_nothing_to_store_ends_as_it_did(page, persist):
    before = page(outcome=Outcome.BLOCKED, detail="robots.txt does not allow it")
    item = await persist(AWAY).process_item(before)
    assert (item.outcome, item.detail) == (Outcome.BLOCKED, "robots.txt does not allow it")


async def test_an_unchanged_page_is_no_failure(page, persist):
    item = await persist(AWAY).process_item(page(unchanged=True))
    assert (item.outcome, item.detail) == (Outcome.SUCCEEDED, "")


async def test_a_campaign_that_is_gone_is_not_asked_for_again(page, stored, broken_database):
    database = broken_database(UnknownCampaign("the campaign is gone"))
    pipeline = PersistencePipeline(database, SignalManager(), timedelta())
    item = await pipeline.process_item(page(stored=(stored("a"),)))
    assert database.sessions == 1
    assert (item.outcome, item.detail) == (Outcome.FAILED, "the campaign is gone")


async def test_partial_with_nothing_saved_is_a_failure_with_both_reasons(page, persist):
    before = page(
        outcome=Outcome.PARTIAL,
        detail="the page was cut",
        rejections=(Rejection("u", Reason.TOO_SMALL),),
    )
    item = await persist(AWAY).process_item(before)
    assert item.outcome is Outcome.FAILED
    assert item.detail == "the page was cut; 1 pictures found, none kept: 1 too_small"
    item = await persist(AWAY).process_item(replace(before, rejections=()))
    assert (item.outcome, item.detail) == (Outcome.FAILED, "the page was cut")


async def test_nothing_kept_is_a_failure_with_the_counts_by_reason(page, downloaded, persist):
    reasons = (Reason.TOO_SMALL, Reason.GRAPHIC, Reason.TOO_SMALL)
    rejections = tuple(Rejection(f"u{n}", reason) for n, reason in enumerate(reasons))
    images = tuple(downloaded(f"u{n}", b"") for n in range(3))
    before = page(downloaded=images, rejections=rejections)
    item = await persist(AWAY).process_item(before)
    assert item.outcome is Outcome.FAILED
    assert item.detail == "3 pictures found, none kept: 2 too_small, 1 graphic"
    assert item.found == 3
