"""A real scrapyd: jobs from the installed package and from an egg."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from installation import Installation
from serve import DemoShop

PROJECT = Path(__file__).parents[2]
CREDENTIALS = ("operator", "open-sesame")


class Scrapyd:
    """A scrapyd of its own folder, spoken to over HTTP."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        settings = (PROJECT / "scrapyd.conf").read_text("utf-8")
        (folder / "scrapyd.conf").write_text(settings.replace("6800", str(self.port)), "utf-8")
        shutil.copy(PROJECT / "scrapy.cfg", folder)
        user, password = CREDENTIALS
        environment = {**environment, "SCRAPYD_USERNAME": user, "SCRAPYD_PASSWORD": password}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "scrapyd"],
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def call(self, service: str, *, authorized: bool = True, **values: str) -> dict[str, Any]:
        data = urllib.parse.urlencode(values).encode() if values else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/{service}", data)
        if authorized:
            token = base64.b64encode(":".join(CREDENTIALS).encode()).decode()
            request.add_header("Authorization", f"Basic {token}")
        with urllib.request.urlopen(request, timeout=10) as response:
            answer: dict[str, Any] = json.load(response)
        return answer

    def wait_until_up(self) -> None:
        _wait_for(self._is_up)

    def _is_up(self) -> bool:
        try:
            return self.call("daemonstatus.json")["status"] == "ok"
        except OSError:
            return False

    def finish(self, job: str) -> None:
        def finished() -> bool:
            jobs = self.call("listjobs.json?project=imagecrawler")["finished"]
            return any(each["id"] == job for each in jobs)

        _wait_for(finished, 90)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def _wait_for(condition: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


@pytest.fixture
def scrapyd(installation: Installation) -> Iterator[Scrapyd]:
    environment = {**installation.environment, "IMAGECRAWLER_LOG_FORMAT": "json"}
    daemon = Scrapyd(installation.folder, environment)
    try:
        daemon.wait_until_up()
        yield daemon
    finally:
        daemon.stop()


def _schedule_and_check(
    scrapyd: Scrapyd, installation: Installation, shop: DemoShop, campaign: str
) -> str:
    answer = scrapyd.call(
        "schedule.json",
        project="imagecrawler",
        spider="sales_page",
        campaign_id=campaign,
        url=shop.url + "/products/summit-backpack",
    )
    assert answer["status"] == "ok", answer
    job: str = answer["jobid"]
    scrapyd.finish(job)
    [row] = installation.rows("SELECT * FROM scrape_jobs WHERE external_id = %s", job)
    assert (row["state"], row["outcome"]) == ("finished", "succeeded"), row
    keys = {each["r2_path"] for each in installation.rows("SELECT r2_path FROM scraped_images")}
    assert keys
    assert keys == set(installation.objects())
    return job


def test_a_job_from_the_installed_package(
    scrapyd: Scrapyd, installation: Installation, shop: DemoShop, campaign: str
) -> None:
    job = _schedule_and_check(scrapyd, installation, shop, campaign)
    log = installation.folder / f"var/scrapyd/logs/imagecrawler/sales_page/{job}.log"
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert lines[0]["message"].startswith("Scrapy")
    [ended] = [line for line in lines if line["logger"] == "imagecrawler.jobs.crawl"]
    assert "succeeded" in ended["message"]
    assert ended["campaign_id"] == campaign


def test_a_job_from_an_egg(
    scrapyd: Scrapyd, installation: Installation, shop: DemoShop, campaign: str, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    for name in ("imagecrawler", "spiders", "pipelines", "migrations"):
        shutil.copytree(PROJECT / name, source / name)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, source)
    build = [sys.executable, "setup.py", "-q", "bdist_egg"]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    [egg] = (source / "dist").glob("*.egg")
    eggs = installation.folder / "var/scrapyd/eggs/imagecrawler"
    eggs.mkdir(parents=True)
    shutil.copy(egg, eggs / "1.egg")

    job = _schedule_and_check(scrapyd, installation, shop, campaign)
    log = installation.folder / f"var/scrapyd/logs/imagecrawler/sales_page/{job}.log"
    assert "succeeded" in log.read_text("utf-8")


def test_a_bad_job_says_why_in_its_log(scrapyd: Scrapyd, installation: Installation) -> None:
    answer = scrapyd.call("schedule.json", project="imagecrawler", spider="sales_page", url="nope")
    scrapyd.finish(answer["jobid"])
    logs = installation.folder / "var/scrapyd/logs/imagecrawler/sales_page"
    text = (logs / f"{answer['jobid']}.log").read_text("utf-8")
    assert "url: 'nope' must begin with http://" in text
    assert "Traceback" not in text


def test_strangers_are_turned_away(scrapyd: Scrapyd) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401"):
        scrapyd.call("daemonstatus.json", authorized=False)


def test_code_cannot_be_uploaded(scrapyd: Scrapyd) -> None:
    for service in ("addversion.json", "delproject.json", "delversion.json"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            scrapyd.call(service, project="imagecrawler", version="1", egg="x")
