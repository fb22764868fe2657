from __future__ import annotations

from types import SimpleNamespace
from uuid import uuid4

import pytest

from imagecrawler.db.campaigns import add_campaign
from imagecrawler.db.extension import DatabaseExtension
from imagecrawler.db.jobs import get_job
from imagecrawler.items import Outcome, PageItem, Target
from pipelines import persistence
from pipelines.persistence import PersistencePipeline


@pytest.fixture
async def item(database):
    async with database.session() as db:
        campaign = await add_campaign(db, "Test")
    target = Target("https://shop.example/p/1", campaign.id, campaign.user_id)
    return PageItem(target, uuid4(), outcome=Outcome.PARTIAL, detail="cut short")


@pytest.fixture
def pipeline(database, monkeypatch):
    monkeypatch.setattr(persistence, "PAUSES", (0.0,))
    crawler = SimpleNamespace(get_extension=lambda _: DatabaseExtension(database))
    return PersistencePipeline(crawler)


async def test_the_job_ends_also_where_rows_cannot_be_written(pipeline, item, database, sql):
    sql("DROP TABLE scraped_images CASCADE")
    returned = await pipeline.process_item(item)
    assert "the rows are not written yet" in returned.detail
    async with database.session() as db:
        job = await get_job(db, item.job_id)
    assert (job.state, job.outcome, job.detail) == ("finished", "failed", returned.detail)
    assert job.result["detail"] == returned.detail


async def test_a_database_that_is_gone_costs_no_answer(pipeline, item, sql):
    sql("DROP TABLE scraped_images, scrape_jobs CASCADE")
    returned = await pipeline.process_item(item)
    assert "the rows are not written yet" in returned.detail
