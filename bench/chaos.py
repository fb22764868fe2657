"""Workers are killed at random while they crawl: does every job end, and end once?

    python bench/chaos.py [--jobs 300] [--domains 20] [--workers 3] [--kill-every 10] [--slots 2]

Worker processes crawl pages of local domains; every few seconds one of them gets SIGKILL and
another takes its place. Then the rows, the objects and the sites' own book are held against what
was asked for. Exit code 1 where anything is lost, there twice, or more than the domains' limit.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "acceptance"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "site"))

import psutil
from installation import Installation
from watched_site import WatchedSites
from workers import WorkerProcess

from imagecrawler.db.campaigns import add_campaign
from imagecrawler.db.database import Database
from imagecrawler.db.embedded import EmbeddedServer
from imagecrawler.db.migrate import upgrade
from imagecrawler.items import Target
from imagecrawler.jobs.queue import JobQueue, Priority

#: Seconds without a heartbeat after which a worker counts as dead.
SILENCE = 6
COMMAND = (
    *("scrapy", "crawl", "sales_page", "-a", "queue=1"),
    *("-s", f"IMAGECRAWLER_WORKER_SILENCE={SILENCE}"),
)
LEFT = "SELECT count(*) AS n FROM scrape_jobs WHERE state <> 'finished'"


async def submit(url: str, sites: WatchedSites, jobs: int, slots: int) -> None:
    database = Database(url)
    queue = JobQueue(database, slots)
    async with database.session() as db:
        campaign = await add_campaign(db, "Chaos")
        for number in range(jobs):
            page = f"{sites.urls[number % sites.count]}/p/{number}"
            target = Target(page, campaign.id, campaign.user_id)
            await queue.submit(db, target, priority=Priority.NIGHTLY)
    await database.close()


class Chaos:
    """Workers, of which one is killed every ``pause`` seconds until all jobs have ended."""

    def __init__(self, installation: Installation, workers: int, pause: float) -> None:
        self._installation = installation
        self._pause = pause
        self._begun: list[WorkerProcess] = []
        self._alive = [self._start() for _ in range(workers)]
        self.kills = 0

    def _start(self) -> WorkerProcess:
        log = self._installation.folder / f"worker-{len(self._begun)}.log"
        self._begun.append(WorkerProcess(self._installation, log, COMMAND, patient=False))
        return self._begun[-1]

    def run(self, limit: float) -> None:
        deadline = time.monotonic() + limit
        while self._installation.rows(LEFT)[0]["n"]:
            if time.monotonic() > deadline:
                raise SystemExit(f"not done after {limit:.0f} s: {self._states()}")
            self._rest()
            victim = self._alive.pop(random.randrange(len(self._alive)))
            victim.browsers()
            victim.process.kill()
            victim.process.wait()
            self.kills += 1
            self._alive.append(self._start())
            print(f"killed {self.kills}: {self._states()}", file=sys.stderr)

    def _rest(self) -> None:
        until = time.monotonic() + self._pause
        while time.monotonic() < until and self._installation.rows(LEFT)[0]["n"]:
            time.sleep(0.5)

    def _states(self) -> dict[str, int]:
        rows = self._installation.rows("SELECT state, count(*) AS n FROM scrape_jobs GROUP BY 1")
        return {row["state"]: row["n"] for row in rows}

    def end(self) -> list[psutil.Process]:
        """What is left alive of all that the workers have begun."""
        for worker in self._alive:
            worker.process.terminate()
            worker.process.wait(60)
        family = {process for worker in self._begun for process in worker.family}
        return psutil.wait_procs(family, timeout=20)[1]


def faults(installation: Installation, sites: WatchedSites, jobs: int, slots: int) -> list[str]:
    """What is not as it should be, in words."""
    found = []
    outcomes = Counter(
        row["outcome"] for row in installation.rows("SELECT outcome FROM scrape_jobs")
    )
    if outcomes != {"succeeded": jobs}:
        found.append(f"outcomes: {dict(outcomes)}")
    rows = installation.rows("SELECT r2_path, sha256, original_url FROM scraped_images")
    wanted = jobs * sites.pictures
    if len(rows) != wanted or len({row["original_url"] for row in rows}) != wanted:
        found.append(f"{len(rows)} rows of {wanted} pictures")
    if {row["r2_path"] for row in rows} != set(installation.objects()):
        found.append(f"{len(installation.objects())} objects for {len(rows)} rows")
    if left := installation.rows("SELECT * FROM procrastinate_jobs WHERE lock IS NOT NULL"):
        found.append(f"{len(left)} entries left in the queue")
    if over := {domain: most for domain, most in sites.most.items() if most > slots}:
        found.append(f"domains with more than {slots} pages at once: {over}")
    return found


def crawl(folder: Path, url: str, options: argparse.Namespace) -> int:
    environment = {
        **os.environ,
        "IMAGECRAWLER_DATA_DIR": str(folder),
        "IMAGECRAWLER_DATABASE_URL": url,
        "IMAGECRAWLER_EGRESS_ALLOW": "127.0.0.0/8",
        "IMAGECRAWLER_EGRESS_PORTS": "*",
        "IMAGECRAWLER_DOMAIN_SLOTS": str(options.slots),
        "IMAGECRAWLER_PAGE_CONCURRENCY": "3",
    }
    installation = Installation(environment, url, folder)
    with WatchedSites(options.domains, seconds=0.3) as sites:
        asyncio.run(submit(url, sites, options.jobs, options.slots))
        begun = time.monotonic()
        chaos = Chaos(installation, options.workers, options.kill_every)
        try:
            chaos.run(limit=options.jobs * 6.0)
            took = time.monotonic() - begun
        finally:
            alive = chaos.end()
        found = faults(installation, sites, options.jobs, options.slots)
        asked = Counter(visit.path for visit in sites.visits)
    again = sum(1 for count in asked.values() if count > 1)
    tries = installation.rows("SELECT max(attempts) AS most FROM scrape_jobs")[0]["most"]
    print(
        f"{options.jobs} jobs over {options.domains} domains in {took:.0f} s, {chaos.kills} kills"
    )
    print(f"pages asked for more than once: {again}; most attempts of a job: {tries}")
    print(f"most pages of a domain at once: {max(sites.most.values())} (limit {options.slots})")
    print(f"processes left: {len(alive)}")
    print("faults: " + ("; ".join(found) or "none"))
    return 1 if found or alive else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=300)
    parser.add_argument("--domains", type=int, default=20)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--kill-every", type=float, default=10.0)
    parser.add_argument("--slots", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="imagecrawler-chaos-") as name:
        server = EmbeddedServer(Path(name))
        server.start()
        try:
            upgrade(server.url)
            return crawl(Path(name), server.url, options)
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
