from __future__ import annotations

import pytest

from imagecrawler.db.figures import Waiting, queue_figures

JOB = (
    "INSERT INTO scrape_jobs (campaign_id, user_id, url, max_images, {columns}) "
    "SELECT id, user_id, 'https://shop.example/p', 10, {values} FROM campaigns"
)


@pytest.fixture
def job(sql, campaign):
    def add(**values: str) -> None:
        sql(JOB.format(columns=", ".join(values), values=", ".join(values.values())))

    return add


@pytest.fixture
async def read(database):
    async def read():
        async with database.session() as db:
            return await queue_figures(db)

    return read


async def test_nothing_waits(read) -> None:
    figures = await read()
    assert (figures.waiting, figures.ended) == ((), {})
    assert set(figures.counts) == {0}


async def test_jobs_that_wait_by_priority(job, read) -> None:
    an_hour_ago, later = "now() - interval '1 hour'", "now() + interval '1 hour'"
    job(state="'queued'", priority="100", created_at=an_hour_ago)
    job(state="'queued'", priority="100")
    # asked for long ago, and held back: for longer, and until a minute ago
    job(state="'queued'", priority="0", created_at=an_hour_ago, not_before=later)
    job(
        state="'queued'",
        priority="0",
        created_at=an_hour_ago,
        not_before="now() - interval '1 minute'",
    )
    job(state="'running'", priority="0", created_at=an_hour_ago)
    interactive, nightly = (await read()).waiting
    assert interactive == Waiting(100, 2, 0, pytest.approx(3600, abs=60))
    assert nightly == Waiting(0, 2, 1, pytest.approx(60, abs=30))


async def test_jobs_that_only_wait_for_a_time_have_no_age(job, read) -> None:
    job(state="'queued'", priority="0", not_before="now() + interval '1 hour'")
    assert (await read()).waiting == (Waiting(0, 1, 1, 0.0),)


async def test_jobs_of_the_last_day(job, read) -> None:
    for ago in ("1 hour", "23 hours", "25 hours"):
        job(state="'finished'", outcome="'failed'", finished_at=f"now() - interval '{ago}'")
    assert (await read()).ended == {"failed": 2}


async def test_what_is_around_the_queue(sql, campaign, read) -> None:
    sql(
        "INSERT INTO sites (domain, crawl_delay, next_start) VALUES "
        "('held.example', 0, now() + interval '1 minute'), "
        "('slow.example', 60, now() + interval '1 minute'), ('free.example', 0, now())"
    )
    sql(
        "INSERT INTO sales_pages (campaign_id, user_id, url, next_due_at) "
        "SELECT id, user_id, 'https://shop.example/' || n, now() + n * interval '1 hour' "
        "FROM campaigns, generate_series(-2, 2) AS n"
    )
    sql(
        "INSERT INTO deleted_objects (key, deleted_at) "
        "VALUES ('a', now() - interval '1 hour'), ('b', now())"
    )
    sql(
        "INSERT INTO procrastinate_workers (last_heartbeat) "
        "VALUES (now()), (now() - interval '1 minute')"
    )
    sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status) "
        "VALUES ('imagecrawler', 'imagecrawler.scrape', 'doing'), "
        "('imagecrawler', 'imagecrawler.purge', 'doing')"
    )
    counts = (await read()).counts
    assert counts._replace(oldest_deletion=0) == (1, 1, 3, 1, 2, 0)
    assert counts.oldest_deletion == pytest.approx(3600, abs=60)
