from __future__ import annotations

import pytest

from imagecrawler.db.queue_status import queue_status
from imagecrawler.queue_status import JobsOfPriority, WaitingDomain

ADD = """
    INSERT INTO scrape_jobs (campaign_id, user_id, url, max_images, domain, state, priority,
        created_at, not_before, outcome, finished_at, batch_id)
    SELECT id, user_id, 'https://' || %s || '/p', 10, %s, %s, %s, now() - %s::interval,
        now() + nullif(%s, '')::interval, nullif(%s, ''), now() - nullif(%s, '')::interval,
        (SELECT id FROM job_batches)
    FROM campaigns
"""


@pytest.fixture
def add(campaign, sql):
    def add(domain, state, priority, age="1 s", wait="", outcome="", ended=""):
        sql(ADD, domain, domain, state, priority, age, wait, outcome, ended)

    return add


async def _status(database):
    async with database.session() as db:
        return await queue_status(db, "0 2 * * *")


async def test_nothing_is_told_of_an_empty_queue(database):
    status = await _status(database)
    assert (status.workers, status.waiting, status.running, status.pages_due) == (0, 0, 0, 0)
    assert (status.batches, status.domains, status.oldest_seconds) == ((), (), None)
    assert status.next_night > status.at


async def test_jobs_are_told_by_priority(database, add, sql):
    add("a.com", "queued", 0, age="1 h")
    add("a.com", "queued", 0, age="2 h", wait="5 min")
    add("b.com", "queued", 0, age="1 min", wait="-5 min")
    add("b.com", "running", 0)
    sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status) "
        "VALUES ('imagecrawler', 'imagecrawler.scrape', 'doing')"
    )
    add("c.com", "queued", 100, age="9 s")
    add("c.com", "finished", 100, outcome="succeeded", ended="1 h")
    status = await _status(database)
    interactive, nightly = status.priorities
    assert interactive == JobsOfPriority(100, 1, 0, pytest.approx(9, abs=5))
    assert nightly == JobsOfPriority(0, 3, 1, pytest.approx(3600, abs=5))
    assert (status.waiting, status.held_back, status.running) == (4, 1, 1)
    assert status.oldest_seconds == pytest.approx(3600, abs=5)
    assert status.domains == (
        WaitingDomain("a.com", 2),
        WaitingDomain("b.com", 1),
        WaitingDomain("c.com", 1),
    )


async def test_what_ended_within_a_day_is_told_by_outcome(database, add):
    for outcome, ended in (("failed", "23 h"), ("succeeded", "1 h"), ("succeeded", "2 h")):
        add("a.com", "finished", 0, outcome=outcome, ended=ended)
    add("a.com", "finished", 0, outcome="blocked", ended="25 h")
    assert (await _status(database)).last_day == {"succeeded": 2, "failed": 1}


async def test_a_batch_is_under_way_until_its_last_job_has_ended(database, add, sql):
    sql("INSERT INTO job_batches (kind, name, total) VALUES ('file', 'pages.jsonl', 3)")
    add("a.com", "queued", 0)
    add("a.com", "running", 0)
    add("a.com", "finished", 0, outcome="failed", ended="1 s")
    [batch] = (await _status(database)).batches
    assert (batch.kind, batch.name, batch.total, batch.left) == ("file", "pages.jsonl", 3, 2)
    sql("UPDATE scrape_jobs SET state = 'finished', outcome = 'failed', finished_at = now()")
    assert (await _status(database)).batches == ()


async def test_the_rest_is_told_too(database, campaign, sql):
    sql(
        "INSERT INTO procrastinate_workers (last_heartbeat) "
        "VALUES (now()), (now() - interval '1 h')"
    )
    sql("INSERT INTO deleted_objects (key) VALUES ('a'), ('b')")
    sql(
        "INSERT INTO sites (domain, next_start) VALUES ('slow.com', now() + interval '1 min'), "
        "('slower.com', now() + interval '1 h'), ('free.com', now() - interval '1 s')"
    )
    sql(
        "INSERT INTO sales_pages (campaign_id, user_id, url, next_due_at) "
        "SELECT id, user_id, 'https://a.com/' || n, now() + (n - 1.5) * interval '1 h' "
        "FROM campaigns, generate_series(1, 3) AS n"
    )
    status = await _status(database)
    assert (status.workers, status.to_purge, status.pages_due) == (1, 2, 1)
    assert status.sites_on_hold == 2
    assert [site.domain for site in status.held_longest] == ["slower.com", "slow.com"]
