from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from scrapy.signalmanager import SignalManager
from sqlalchemy.ext.asyncio import AsyncSession

from imagecrawler.db.database import Database
from imagecrawler.errors import DatabaseError
from imagecrawler.items import Outcome, Reason, Rejection
from pipelines import persistence
from pipelines.persistence import PersistencePipeline


class FailingOver:
    """A database that is away for its first ``failures`` sessions."""

    def __init__(self, database: Database, failures: int) -> None:
        self.failures = failures
        self._database = database

    def session(self) -> AbstractAsyncContextManager[AsyncSession]:
        if self.failures:
            self.failures -= 1
            raise DatabaseError("PostgreSQL is away")
        return self._database.session()


async def test_rows_and_the_job_s_outcome_are_written(upload, persist, page, scored, sql):
    duplicate = Rejection("https://shop.example/b", Reason.DUPLICATE)
    before = page(scored("a"), rejections=(duplicate,))
    item = await persist.process_item(await upload.process_item(before))
    assert (item.outcome, item.detail) == (Outcome.SUCCEEDED, "")
    assert sql("SELECT id::text, r2_path, job_id::text FROM scraped_images") == [
        (str(item.stored[0].id), item.stored[0].key, str(before.job_id))
    ]
    columns = "state, outcome, images_found, images_saved, images_skipped"
    assert sql(f"SELECT {columns} FROM scrape_jobs") == [("finished", "succeeded", 2, 1, 1)]
    assert item.timings["persist"] > 0


async def test_a_fail_over_is_sat_out(
    upload, database, page, scored, sql, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(persistence, "PAUSES", (0.0, 0.0))
    uploaded = await upload.process_item(page(scored("a")))
    failing = FailingOver(database, failures=2)
    item = await PersistencePipeline(failing, SignalManager(), timedelta()).process_item(uploaded)
    assert failing.failures == 0
    assert item.outcome is Outcome.SUCCEEDED
    assert sql("SELECT id::text FROM scraped_images") == [(str(item.stored[0].id),)]


async def test_without_rows_the_job_still_ends(
    upload, persist, page, scored, sql, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(persistence, "PAUSES", (0.0,))
    uploaded = await upload.process_item(page(scored("a")))
    sql("ALTER TABLE scraped_images RENAME TO elsewhere")
    item = await persist.process_item(uploaded)
    assert item.outcome is Outcome.PARTIAL
    assert item.detail.startswith("stored, but their rows are missing, run it again: PostgreSQL")
    assert [each.key for each in item.stored] == [each.key for each in uploaded.stored]
    columns = "state, outcome, detail, images_saved"
    assert sql(f"SELECT {columns} FROM scrape_jobs") == [("finished", "partial", item.detail, 1)]


async def test_nothing_kept_fails_the_job_with_the_reasons(persist, page, sql):
    rejections = tuple(Rejection(url, Reason.GRAPHIC) for url in "abc")
    item = await persist.process_item(page(rejections=rejections))
    assert item.outcome is Outcome.FAILED
    detail = "3 pictures found, none kept: 3 graphic"
    assert sql("SELECT outcome, detail, images_found FROM scrape_jobs") == [("failed", detail, 3)]


async def test_an_earlier_outcome_stays(persist, page, sql):
    await persist.process_item(page(outcome=Outcome.BLOCKED, detail="HTTP 403"))
    assert sql("SELECT outcome, detail FROM scrape_jobs") == [("blocked", "HTTP 403")]


async def test_a_campaign_deleted_meanwhile_fails_the_job(upload, persist, page, scored, sql):
    uploaded = await upload.process_item(page(scored("a")))
    sql("DELETE FROM campaigns")
    item = await persist.process_item(uploaded)
    assert item.outcome is Outcome.FAILED
    assert str(item.target.campaign_id) in item.detail
    assert item.stored == uploaded.stored


async def test_the_same_page_twice_keeps_its_rows(upload, persist, page, scored, sql):
    before = page(scored("a"))
    first = await persist.process_item(await upload.process_item(before))
    again = replace(before, job_id=page().job_id)
    second = await persist.process_item(await upload.process_item(again))
    assert second.stored[0].id == first.stored[0].id
    assert sql("SELECT count(*) FROM scraped_images") == [(1,)]
