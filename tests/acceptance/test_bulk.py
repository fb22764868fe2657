"""Many pages at once, as an operator has them crawled and looks at them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest
from installation import PROJECT, SECONDS, Installation
from serve import DemoShop

PAGES = (
    *("/products/summit-backpack", "/products/ember-mug", "/products/trail-sneaker"),
    *("/nothing-here", "/products/gated-lamp", "/lookbook"),
)


@pytest.fixture
def pages_file(tmp_path: Path, campaign: str, shop: DemoShop) -> Path:
    """Six pages of the demo shop, of which one is not there."""
    path = tmp_path / "pages.jsonl"
    lines = ["# the demo shop", ""]
    for page in PAGES:
        entry = {"campaign_id": campaign, "sales_page_url": shop.url + page, "max_images": 1}
        lines.append(json.dumps(entry))
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def worker(installation: Installation) -> Iterator[None]:
    with (installation.folder / "worker.log").open("w") as log:
        process = _start(installation, "worker", stdout=log, stderr=log)
        yield
        process.terminate()
        process.wait(SECONDS)


def _start(installation: Installation, *command: str, **streams: Any) -> psutil.Popen:
    arguments = [sys.executable, "-m", "imagecrawler", *command]
    return psutil.Popen(arguments, env=installation.environment, cwd=PROJECT, text=True, **streams)


def _interrupted(installation: Installation, path: Path) -> tuple[int, str]:
    """Exit code and messages of ``enqueue``, told to stop while it follows."""
    pipe = subprocess.PIPE
    process = _start(installation, "enqueue", str(path), stdout=pipe, stderr=pipe)
    deadline = time.monotonic() + SECONDS
    line = ""
    while "warning" not in line:
        assert time.monotonic() < deadline
        line = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=SECONDS)
    return process.returncode, line + rest


def test_a_file_is_crawled_whoever_follows_it(
    installation: Installation, pages_file: Path, request: pytest.FixtureRequest
) -> None:
    code, said = _interrupted(installation, pages_file)
    assert code == 130
    assert "no worker is alive; start one with: imagecrawler worker" in said
    assert f"go on with: imagecrawler enqueue {pages_file}" in said
    status = json.loads(installation.run("imagecrawler", "status", "--json").stdout)
    assert (status["waiting"], status["workers"]) == (6, 0)
    assert [(batch["total"], batch["left"]) for batch in status["batches"]] == [(6, 6)]

    request.getfixturevalue("worker")
    report_path = installation.folder / "reports" / "night.json"
    done = installation.run(
        "imagecrawler", "enqueue", str(pages_file), "--report", str(report_path)
    )
    assert done.returncode == 3, done.stderr
    assert "6 jobs (pages.jsonl, under way since" in done.stderr
    assert "6 of 6" in done.stderr
    assert "Succeeded" in done.stdout
    assert "the site answers HTTP 404" in done.stdout

    report = json.loads(report_path.read_text())
    totals = report["totals"]
    assert (totals["jobs"], totals["succeeded"], totals["failed"]) == (6, 5, 1)
    assert (totals["queued"], totals["running"], totals["images_saved"]) == (0, 0, 5)
    assert [job["url"].partition("/products")[2] for job in report["jobs"]] == [
        page.partition("/products")[2] for page in PAGES
    ]
    assert {job["id"] for job in report["jobs"]} == {
        row["id"] for row in installation.rows("SELECT id::text FROM scrape_jobs")
    }
    assert report["failures"][0]["url"].endswith("/nothing-here")

    text = installation.run("imagecrawler", "status").stdout
    assert "Workers alive" in text
    assert "5 succeeded, 1 failed" in text


def test_known_pages_are_crawled_again(
    installation: Installation, campaign: str, shop: DemoShop, worker: None
) -> None:
    installation.rows(
        "INSERT INTO sales_pages (campaign_id, user_id, url, max_images) "
        "SELECT id, user_id, %s, 1 FROM campaigns",
        shop.url + "/products/ember-mug",
    )
    done = installation.run("imagecrawler", "recrawl", "--campaign", campaign, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["batch"]["kind"], answer["totals"]["succeeded"]) == ("recrawl", 1)
    done = installation.run("imagecrawler", "recrawl", "--due")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "0 jobs (pages due)\n"


def test_nobody_has_to_wait(installation: Installation, pages_file: Path) -> None:
    done = installation.run("imagecrawler", "enqueue", str(pages_file), "--no-wait")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "6 jobs (pages.jsonl)\n")
    assert installation.rows("SELECT count(*) FROM scrape_jobs") == [{"count": 6}]


def test_a_faulty_file_is_refused_as_a_whole(
    installation: Installation, campaign: str, tmp_path: Path
) -> None:
    path, stranger = tmp_path / "bad.jsonl", uuid4()
    good = json.dumps({"campaign_id": campaign, "url": "https://shop.example/p"})
    unknown = json.dumps({"campaign_id": str(stranger), "url": "https://shop.example/p"})
    path.write_text(f"{good}\n\nnot json\n{unknown}\n")
    done = installation.run("imagecrawler", "enqueue", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    third, fourth, last = done.stderr.splitlines()
    assert third.startswith(f"{path}:3: not JSON: ")
    assert fourth.startswith(f"{path}:4: campaign_id: {stranger} is unknown; add it with: ")
    assert last == f"{path}: 2 of 3 lines are wrong; nothing was enqueued"
    assert installation.rows("SELECT count(*) FROM job_batches") == [{"count": 0}]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("enqueue", "nowhere.jsonl"), "nowhere.jsonl: No such file or directory"),
        (("recrawl", "--due", "--all"), "--due and --all: give one of them"),
        (("recrawl", "--report", "/dev/null/x.json"), "/dev/null/x.json: cannot be written"),
    ],
)
def test_what_cannot_be_done_is_one_line(installation, one_line, arguments, problem) -> None:
    done = installation.run("imagecrawler", *arguments)
    assert done.returncode == 2
    assert one_line(done.stderr).startswith(f"imagecrawler: {problem}")
