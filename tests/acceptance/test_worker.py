"""Standing workers: processes that crawl what waits in the queue."""

from __future__ import annotations

import signal
import socket

import httpx
from installation import Installation
from workers import CUT, FINISHING, STANDING, until

from imagecrawler.jobs.conclude import EMPTY_PAGE


async def test_jobs_share_one_warm_browser(start_worker, submit, job, reached, installation):
    worker = start_worker()
    first = await submit("/products/summit-backpack", max_images=3)
    reached(first, "finished")
    [browser] = worker.browsers()
    second = await submit("/products/ember-mug", max_images=2)
    reached(second, "finished")
    assert worker.browsers() == {browser}
    assert [job(each)["outcome"] for each in (first, second)] == ["succeeded"] * 2
    rows = installation.rows("SELECT id::text, r2_path FROM scraped_images")
    answers = [image for each in (first, second) for image in job(each)["result"]["images"]]
    assert {(image["id"], image["r2_path"]) for image in answers} == {
        (row["id"], row["r2_path"]) for row in rows
    }
    assert job(first)["progress"]["stored"] == {"count": 3, "total": 3}
    assert (
        installation.rows("SELECT * FROM procrastinate_jobs WHERE task_name LIKE '%%scrape'") == []
    )
    assert worker.stop(signal.SIGTERM) == 0


async def test_a_page_that_fails_is_a_finished_job(
    start_worker, submit, job, reached, installation
):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    installation.environment["IMAGECRAWLER_METRICS_PORT"] = str(port)
    worker = start_worker("scrapy", "crawl", "sales_page", "-a", "queue=1")
    job_id = await submit("/nothing-here")
    reached(job_id, "finished")
    assert job(job_id)["outcome"] == "failed"
    assert "HTTP 404" in job(job_id)["result"]["detail"]
    counted = 'imagecrawler_jobs_ended_total{outcome="failed"} 1.0'
    metrics = f"http://127.0.0.1:{port}/metrics"
    until(lambda: counted in httpx.get(metrics).text, counted)
    assert worker.stop(signal.SIGTERM) == 0


async def test_a_browser_that_died_is_replaced(start_worker, submit, job, reached):
    worker = start_worker()
    reached(await submit("/products/ember-mug", max_images=1), "finished")
    [browser] = worker.browsers()
    browser.kill()
    until(lambda: not worker.browsers(), "the browser is dead")
    second = await submit("/products/ember-mug", max_images=1)
    reached(second, "finished")
    assert job(second)["outcome"] == "succeeded"
    assert worker.stop(signal.SIGTERM) == 0


async def test_a_browser_that_dies_in_mid_page_costs_a_retry_and_no_job(
    start_worker, submit, job, reached, shop
):
    worker = start_worker()
    held = await submit("/slow")
    until(lambda: ("GET", "/slow") in shop.requests, "the page is asked for")
    [browser] = worker.browsers()
    browser.kill()
    reached(held, "finished")
    assert job(held)["detail"] == EMPTY_PAGE
    worker.until_logged("asking for")
    assert worker.stop(signal.SIGTERM) == 0


async def test_a_driver_that_dies_costs_a_retry_and_no_job(
    start_worker, submit, job, reached, shop
):
    worker = start_worker()
    held = await submit("/slow")
    until(lambda: ("GET", "/slow") in shop.requests, "the page is asked for")
    worker.browsers()
    [driver] = [each for each in worker.process.children() if "node" in each.name()]
    driver.kill()
    reached(held, "finished")
    assert job(held)["detail"] == EMPTY_PAGE
    worker.until_logged("Playwright's driver died")
    assert worker.stop(signal.SIGTERM) == 0


async def test_sigterm_finishes_what_is_held_and_takes_no_more(start_worker, submit, job, reached):
    worker = start_worker()
    held = await submit("/slow")
    reached(held, "running")
    worker.process.send_signal(signal.SIGTERM)
    worker.until_logged(FINISHING)
    later = await submit("/products/ember-mug")
    assert worker.stop() == 0
    assert (job(held)["state"], job(later)["state"]) == ("finished", "queued")


async def test_a_second_sigterm_puts_back_what_is_held(
    start_worker, submit, job, reached, installation
):
    worker = start_worker()
    held = await submit("/slow")
    reached(held, "running")
    worker.stop(signal.SIGTERM, signal.SIGTERM)
    assert job(held)["state"] == "queued"
    assert installation.rows("SELECT status FROM procrastinate_jobs WHERE args ? 'job_id'") == [
        {"status": "todo"}
    ]
    start_worker()
    reached(held, "finished")


async def test_a_killed_worker_s_job_runs_in_another(start_worker, submit, job, reached):
    worker = start_worker(*STANDING)
    held = await submit("/slow")
    reached(held, "running")
    worker.stop(signal.SIGKILL)
    assert job(held)["state"] == "running"
    other = start_worker(*STANDING)
    reached(held, "finished")
    other.until_logged(f"job {held} runs again: its worker died")
    assert other.stop(signal.SIGTERM) == 0


async def test_postgresql_may_go_away_and_come_back(start_worker, submit, reached, installation):
    worker = start_worker(*STANDING)
    installation.rows(CUT)
    job_id = await submit("/products/ember-mug", max_images=1)
    reached(job_id, "finished")
    installation.rows("DELETE FROM campaigns")
    until(lambda: not installation.objects(), "the objects are purged")
    assert worker.stop(signal.SIGTERM) == 0


async def test_a_worker_without_a_database_says_so(installation: Installation) -> None:
    done = installation.run(
        "imagecrawler", "worker", IMAGECRAWLER_DATABASE_URL="postgresql://u@127.0.0.1:9/x"
    )
    assert done.returncode == 1
    assert "PostgreSQL at 127.0.0.1:9/x" in done.stderr
    assert "Traceback" not in done.stderr
