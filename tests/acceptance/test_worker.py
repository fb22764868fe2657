"""Standing workers: processes that crawl what waits in the queue."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import pytest
from installation import PROJECT, Installation
from serve import DemoShop

from imagecrawler.db.campaigns import find_campaign
from imagecrawler.db.database import Database
from imagecrawler.items import Target
from imagecrawler.jobs.queue import JobQueue, Priority

SECONDS = 60
WAITING = "waiting for jobs"
FINISHING = "finishing what is held"
STANDING = ("scrapy", "crawl", "sales_page", "-a", "queue=1", "-s", "IMAGECRAWLER_WORKER_SILENCE=1")
CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def _until(condition: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def _is_browser(process: psutil.Process) -> bool:
    """Chromium's helpers have a type, and the script that starts Debian's is a shell."""
    try:
        return "chrom" in process.exe() and "--type=" not in " ".join(process.cmdline())
    except psutil.Error:
        return False  # gone, or a zombie


class WorkerProcess:
    """A worker as an operator runs it, and all processes it has begun."""

    def __init__(self, installation: Installation, log: Path, command: tuple[str, ...]) -> None:
        self._log = log
        with log.open("w") as stream:
            self.process = psutil.Popen(
                [sys.executable, "-m", *command],
                env=installation.environment,
                cwd=PROJECT,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        self._family: set[psutil.Process] = set()
        self.until_logged(WAITING)

    def until_logged(self, text: str) -> None:
        _until(lambda: text in self._log.read_text() or not self.process.is_running(), text)
        assert text in self._log.read_text()

    def browsers(self) -> set[psutil.Process]:
        """Chromium's main processes, alive."""
        self._family |= set(self.process.children(recursive=True))
        return set(filter(_is_browser, self._family))

    def stop(self, *signals: signal.Signals) -> int:
        """The exit code; nothing that it had begun is left."""
        self.browsers()
        for number, each in enumerate(signals):
            if number:
                self.until_logged(FINISHING)
            self.process.send_signal(each)
        code: int = self.process.wait(SECONDS)
        _, alive = psutil.wait_procs(self._family, timeout=20)
        assert alive == []
        return code


@pytest.fixture
def start_worker(installation: Installation, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    workers: list[WorkerProcess] = []

    def start(*command: str) -> WorkerProcess:
        log = tmp_path / f"worker-{len(workers)}.log"
        workers.append(WorkerProcess(installation, log, command or ("imagecrawler", "worker")))
        return workers[-1]

    yield start
    for worker in workers:
        if worker.process.is_running():
            worker.process.kill()
            worker.process.wait(SECONDS)


@pytest.fixture
def submit(installation: Installation, database: Database, campaign: str, shop: DemoShop):
    async def submit(path: str, **extra: Any) -> UUID:
        async with database.session() as db:
            owner = await find_campaign(db, campaign)
            target = Target(shop.url + path, owner.id, owner.user_id, **extra)
            return await JobQueue(database).submit(db, target, priority=Priority.INTERACTIVE)

    return submit


@pytest.fixture
def job(installation: Installation) -> Callable[[UUID], Any]:
    def row(job_id: UUID) -> Any:
        [found] = installation.rows("SELECT * FROM scrape_jobs WHERE id = %s", str(job_id))
        return found

    return row


@pytest.fixture
def reached(job: Callable[[UUID], Any]) -> Callable[[UUID, str], None]:
    def wait(job_id: UUID, state: str) -> None:
        _until(lambda: job(job_id)["state"] == state, f"{state}: {job(job_id)}")

    return wait


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


async def test_a_page_that_fails_is_a_finished_job(start_worker, submit, job, reached):
    worker = start_worker("scrapy", "crawl", "sales_page", "-a", "queue=1")
    job_id = await submit("/nothing-here")
    reached(job_id, "finished")
    assert job(job_id)["outcome"] == "failed"
    assert "HTTP 404" in job(job_id)["result"]["detail"]
    assert worker.stop(signal.SIGTERM) == 0


async def test_a_browser_that_died_is_replaced(start_worker, submit, job, reached):
    worker = start_worker()
    reached(await submit("/products/ember-mug", max_images=1), "finished")
    [browser] = worker.browsers()
    browser.kill()
    _until(lambda: not worker.browsers(), "the browser is dead")
    second = await submit("/products/ember-mug", max_images=1)
    reached(second, "finished")
    assert job(second)["outcome"] == "succeeded"
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
    _until(lambda: not installation.objects(), "the objects are purged")
    assert worker.stop(signal.SIGTERM) == 0


async def test_a_worker_without_a_database_says_so(installation: Installation) -> None:
    done = installation.run(
        "imagecrawler", "worker", IMAGECRAWLER_DATABASE_URL="postgresql://u@127.0.0.1:9/x"
    )
    assert done.returncode == 1
    assert "PostgreSQL at 127.0.0.1:9/x" in done.stderr
    assert "Traceback" not in done.stderr
