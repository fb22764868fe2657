from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from imagecrawler.batch import Counts
from imagecrawler.db.batch_results import batch_jobs, count_batch, summarise_batch
from imagecrawler.db.batches import add_lines, open_batch
from imagecrawler.db.campaigns import add_campaign
from imagecrawler.jobs import bulk
from imagecrawler.jobs.bulk import enqueue_due, enqueue_file, follow
from imagecrawler.jobs.bulk_file import BadLines, read_batch_file

JOBS = """
    SELECT url, campaign_id::text, max_images, domain, state, priority, incremental,
        batch_id IS NOT NULL FROM scrape_jobs ORDER BY turn
"""
IN_LANES = "SELECT lock FROM procrastinate_jobs WHERE task_name = 'imagecrawler.scrape' ORDER BY 1"
PAGES = """
    INSERT INTO sales_pages (campaign_id, user_id, url, domain, max_images, next_due_at)
    SELECT campaigns.id, user_id, 'https://shop' || n % 3 || '.com/p/' || n,
        'shop' || n % 3 || '.com', 7, now() - n * interval '1 min'
    FROM campaigns, generate_series(1, {count}) AS n
"""
END = """
    UPDATE scrape_jobs SET state = 'finished', outcome = 'succeeded', started_at = now(),
        finished_at = now()
"""


@pytest.fixture
def small_chunks(monkeypatch):
    """So that a few pages are many transactions."""
    monkeypatch.setattr(bulk, "CHUNK", 4)


@pytest.fixture
def pages_file(tmp_path, campaign):
    def write(*urls, **fields):
        path = tmp_path / "pages.jsonl"
        entries = [{"campaign_id": str(campaign.id), "url": url} | fields for url in urls]
        path.write_text("\n".join(map(json.dumps, entries)))
        return read_batch_file(path)

    return write


@pytest.fixture
def pages(campaign, sql):
    def add(count):
        sql(PAGES.format(count=count))

    return add


def urls(count, host="shop.com"):
    return [f"https://www.{host}/p/{n}" for n in range(count)]


async def test_a_file_is_a_batch_of_re_crawls(database, pages_file, campaign, sql):
    batch = await enqueue_file(database, pages_file(*urls(3), max_images=2), slots=2)
    expected = (str(campaign.id), 2, "shop.com", "queued", 0, True, True)
    assert sql(JOBS) == [(url, *expected) for url in urls(3)]
    assert sql(IN_LANES) == [("site:shop.com#0",), ("site:shop.com#1",)]
    released = sql("SELECT url FROM scrape_jobs WHERE released_at IS NOT NULL ORDER BY turn")
    assert released == [(url,) for url in urls(2)]
    assert (batch.kind, batch.name, batch.total, batch.skipped) == ("file", "pages.jsonl", 3, 0)
    assert sql("SELECT user_id::text FROM scrape_jobs") == [(str(campaign.user_id),)] * 3


async def test_a_faulty_file_enqueues_nothing(database, pages_file, sql):
    with pytest.raises(BadLines, match="is unknown"):
        await enqueue_file(database, pages_file(*urls(1), campaign_id=str(uuid4())), slots=2)
    assert sql("SELECT count(*) FROM job_batches") == [(0,)]
    assert sql(JOBS) == []


async def test_the_same_file_is_followed_until_it_ends(database, pages_file, sql):
    file = pages_file(*urls(3))
    first = await enqueue_file(database, file, slots=2)
    again = await enqueue_file(database, file, slots=2)
    assert (again.id, again.total, first.new, again.new) == (first.id, 3, True, False)
    sql(END)
    later = await enqueue_file(database, file, slots=2)
    assert later.id != first.id
    assert sql("SELECT count(*) FROM scrape_jobs") == [(6,)]


@pytest.mark.usefixtures("small_chunks")
async def test_an_interrupted_file_is_completed(database, pages_file, sql):
    file = pages_file(*urls(10))
    async with database.session() as db:
        cut = await open_batch(db, "file", file.path.name, file.digest)
        await add_lines(db, cut.id, list(file.lines(cut.id))[:6], priority=0)
    sql(END)
    batch = await enqueue_file(database, file, slots=2)
    assert (batch.id, batch.total, batch.skipped) == (cut.id, 10, 0)
    assert sql("SELECT state, count(*) FROM scrape_jobs GROUP BY 1 ORDER BY 1") == [
        ("finished", 6),
        ("queued", 4),
    ]
    assert sql("SELECT url FROM scrape_jobs ORDER BY turn") == [(url,) for url in urls(10)]


async def test_the_same_file_at_once_is_one_batch(database, pages_file, sql):
    file = pages_file(*urls(20))
    batches = await asyncio.gather(*(enqueue_file(database, file, slots=2) for _ in range(4)))
    assert len({batch.id for batch in batches}) == 1
    assert sql("SELECT count(*), count(DISTINCT url) FROM scrape_jobs") == [(20, 20)]


@pytest.mark.usefixtures("small_chunks")
async def test_files_of_the_same_pages_at_once_crawl_each_once(database, pages_file, sql):
    there, back = pages_file(*urls(20)), pages_file(*reversed(urls(20)))
    batches = await asyncio.gather(
        *(enqueue_file(database, each, slots=2) for each in (there, back))
    )
    assert sum(batch.total for batch in batches) == 20
    assert sum(batch.skipped for batch in batches) == 20
    assert sql("SELECT count(*), count(DISTINCT url) FROM scrape_jobs") == [(20, 20)]


async def test_whose_the_campaign_is_now_owns_the_job(database, pages_file, campaign, sql):
    async with database.session() as db:
        other = await add_campaign(db, "Other")
    sql("UPDATE campaigns SET user_id = %s WHERE id = %s", other.user_id, campaign.id)
    await enqueue_file(database, pages_file(*urls(1)), slots=2)
    assert sql("SELECT user_id::text FROM scrape_jobs") == [(str(other.user_id),)]


@pytest.mark.usefixtures("small_chunks")
async def test_what_is_due_is_crawled_again_the_longest_due_first(database, pages, sql):
    pages(10)
    sql("UPDATE sales_pages SET next_due_at = now() + interval '1 min' WHERE url LIKE %s", "%/10")
    batch = await enqueue_due(database, slots=2, hours=20)
    assert sql("SELECT substring(url from '[0-9]+$')::int FROM scrape_jobs ORDER BY turn") == [
        (number,) for number in range(9, 0, -1)
    ]
    assert sql("SELECT DISTINCT max_images, priority, incremental FROM scrape_jobs") == [
        (7, 0, True)
    ]
    assert sql("SELECT count(*) FROM sales_pages WHERE next_due_at > now() + interval '19 h'") == [
        (9,)
    ]
    assert len(sql(IN_LANES)) == 6
    assert (batch.kind, batch.total, batch.skipped) == ("nightly", 9, 0)
    assert (await enqueue_due(database, slots=2, hours=20)).skipped == 0
    assert sql("SELECT count(*) FROM scrape_jobs") == [(9,)]


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("everything", [False, True])
async def test_schedulers_at_once_never_enqueue_twice(database, pages, sql, everything):
    pages(50)
    works = (enqueue_due(database, slots=2, hours=0, everything=everything) for _ in range(5))
    batches = await asyncio.gather(*works)
    assert sql("SELECT count(*), count(DISTINCT url) FROM scrape_jobs") == [(50, 50)]
    assert sql("SELECT sum(total) FROM job_batches") == [(50,)]
    assert all(batch.enqueued_at for batch in batches)


async def test_a_page_whose_re_crawl_waits_is_skipped(database, pages, pages_file, sql):
    pages(3)
    await enqueue_file(database, pages_file("https://shop1.com/p/1"), slots=2)
    batch = await enqueue_due(database, slots=2, hours=20, kind="recrawl")
    assert (batch.total, batch.skipped, batch.name) == (2, 1, "pages due")
    assert sql("SELECT count(*) FROM sales_pages WHERE next_due_at <= now()") == [(0,)]


@pytest.mark.usefixtures("small_chunks")
async def test_an_interrupted_recrawl_of_all_crawls_no_page_twice(database, pages, sql):
    pages(9)
    batch = await enqueue_due(database, slots=2, hours=20, kind="recrawl", everything=True)
    sql("DELETE FROM scrape_jobs WHERE url LIKE '%/1' OR url LIKE '%/5'")
    sql(END)
    sql("UPDATE job_batches SET enqueued_at = NULL")
    again = await enqueue_due(database, slots=2, hours=20, kind="recrawl", everything=True)
    assert (again.id, again.total) == (batch.id, 9)
    assert sql("SELECT count(*), count(DISTINCT url) FROM scrape_jobs") == [(9, 9)]


async def test_a_recrawl_of_all_that_is_under_way_is_followed(database, pages, sql):
    pages(3)
    batch = await enqueue_due(database, slots=2, hours=20, kind="recrawl", everything=True)
    sql(END + "WHERE url LIKE '%/1'")
    again = await enqueue_due(database, slots=2, hours=20, kind="recrawl", everything=True)
    assert (again.id, again.total, again.new) == (batch.id, 3, False)


async def test_one_campaign_may_be_crawled_alone(database, pages, campaign, sql):
    pages(2)
    async with database.session() as db:
        other = await add_campaign(db, "Other")
    sql("UPDATE sales_pages SET campaign_id = %s WHERE url LIKE '%%/1'", other.id)
    batch = await enqueue_due(database, slots=2, hours=1, kind="recrawl", campaign_id=other.id)
    assert sql("SELECT campaign_id::text FROM scrape_jobs") == [(str(other.id),)]
    assert batch.name == f"pages due of campaign {other.id}"


async def test_a_page_without_a_domain_waits_with_its_host(database, pages, sql):
    pages(1)
    sql("UPDATE sales_pages SET domain = '', url = 'http://Shop.example:81/p'")
    await enqueue_due(database, slots=1, hours=20)
    assert sql(IN_LANES) == [("site:shop.example:81#0",)]


async def test_a_batch_is_followed_to_its_end(database, pages_file, sql, monkeypatch):
    monkeypatch.setattr(bulk, "FOLLOW_SECONDS", 0.01)
    batch = await enqueue_file(database, pages_file(*urls(2)), slots=2)
    seen: list[tuple[Counts, int]] = []

    def look(counts: Counts, workers: int) -> None:
        seen.append((counts, workers))
        sql("INSERT INTO procrastinate_workers DEFAULT VALUES")
        sql(END + "WHERE turn = (SELECT min(turn) FROM scrape_jobs WHERE state = 'queued')")

    await follow(database, batch, look, pytest.fail)
    assert seen == [
        (Counts(2, 0, {}), 0),
        (Counts(1, 0, {"succeeded": 1}), 1),
        (Counts(0, 0, {"succeeded": 2}), 2),
    ]


async def test_a_summary_groups_reasons_whatever_the_address(database, pages_file, sql):
    batch = await enqueue_file(database, pages_file(*urls(3, "a.com"), *urls(2, "b.com")), slots=2)
    sql(END)
    sql(
        "UPDATE scrape_jobs SET images_found = 3, images_saved = 2, images_skipped = 1, "
        "changes = '{\"unchanged\": true}'"
    )
    sql(
        "UPDATE scrape_jobs SET outcome = 'failed', started_at = now() - interval '60 s', "
        "detail = 'no address for ' || substring(url from '//([^/]*)') || ' at ' || url "
        "WHERE url LIKE '%/p/1'"
    )
    async with database.session() as db:
        summary = await summarise_batch(db, batch)
        jobs = [job async for job in batch_jobs(db, batch.id)]
    assert summary.counts == Counts(0, 0, {"succeeded": 3, "failed": 2})
    assert (summary.images_found, summary.images_saved, summary.unchanged) == (15, 10, 5)
    assert summary.seconds == pytest.approx(60, abs=5)
    assert summary.finished_at is not None
    assert summary.finished_at <= datetime.now(UTC)
    [failure] = summary.failures
    assert (failure.outcome, failure.detail, failure.count) == (
        "failed",
        "no address for … at …",
        2,
    )
    assert failure.url == "https://www.a.com/p/1"
    assert [job["url"] for job in jobs] == urls(3, "a.com") + urls(2, "b.com")


async def test_jobs_go_with_their_campaign(database, pages_file, sql):
    batch = await enqueue_file(database, pages_file(*urls(2)), slots=2)
    sql("DELETE FROM campaigns")
    async with database.session() as db:
        assert (await count_batch(db, batch.id)).left == 0
        assert (await summarise_batch(db, batch)).gone == 2
