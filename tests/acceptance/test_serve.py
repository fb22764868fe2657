"""`imagecrawler serve` as its users meet it: calls over HTTP, a worker, the demo shop."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from installation import PROJECT, Installation
from prometheus_client.parser import text_string_to_metric_families
from serve import DemoShop

ROOT = "/api/intelligence/product-images"
PAGE = "/trail-sneaker"
LONG = httpx.Timeout(90)


def eventually(condition: Callable[[], bool]) -> None:
    """Returns once it holds; the test's own time limit ends a wait in vain."""
    while not condition():
        time.sleep(0.05)


@dataclass
class Service:
    """A running `imagecrawler serve`."""

    process: subprocess.Popen[str]
    welcome: str

    @property
    def url(self) -> str:
        return self.welcome.split()[3].rstrip("/")

    def figures(self) -> dict[str, float]:
        """What /metrics shows, by name and, in braces, the values of the labels."""
        text = httpx.get(f"{self.url}/metrics").text
        return {
            f"{sample.name}{{{','.join(sample.labels.values())}}}": sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def workers(self) -> list[psutil.Process]:
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if _is_worker(child)]


def _is_worker(process: psutil.Process) -> bool:
    try:
        return process.cmdline()[-1:] == ["worker"]
    except psutil.NoSuchProcess:  # a zombie, or gone meanwhile
        return False


@pytest.fixture
def environment(installation: Installation) -> dict[str, str]:
    return {**installation.environment, "IMAGECRAWLER_EGRESS_PORTS": "*"}


@contextmanager
def serving(environment: dict[str, str], *arguments: str, log: Any = None) -> Iterator[Service]:
    process = subprocess.Popen(
        [sys.executable, "-m", "imagecrawler", "serve", "--port", "0", *arguments],
        env=environment,
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    assert process.stdout is not None
    with process, process.stdout:
        try:
            yield Service(process, process.stdout.readline())
        finally:
            process.terminate()
        assert process.wait(60) == 0


@pytest.fixture
def service(environment: dict[str, str]) -> Iterator[Service]:
    with serving(environment) as service:
        yield service


@pytest.fixture
def token(installation: Installation, campaign: str) -> str:
    [owner] = installation.rows("SELECT user_id::text FROM campaigns WHERE id = %s", campaign)
    return installation.run("imagecrawler", "token", "--user", owner["user_id"]).stdout.strip()


@pytest.fixture
def client(service: Service, token: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=service.url, headers=headers, timeout=LONG) as client:
        yield client


def test_one_line_says_where_it_is_and_how_to_get_in(service: Service) -> None:
    assert service.url.startswith("http://127.0.0.1:")
    assert "imagecrawler token --user" in service.welcome
    assert httpx.get(f"{service.url}/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{service.url}/readyz").json() == {"status": "ready"}
    assert httpx.get(service.url).headers["Content-Type"].startswith("text/html")


@pytest.fixture
def scraped(client: httpx.Client, campaign: str, shop: DemoShop) -> dict[str, Any]:
    """The first call of the brief, as it stands there."""
    answer = client.post(
        f"{ROOT}/scrape",
        headers={"Content-Type": "application/json"},
        json={"campaign_id": campaign, "sales_page_url": shop.url + PAGE, "max_images": 10},
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.timeout(180)
def test_the_calls_of_the_platform(
    client: httpx.Client,
    campaign: str,
    scraped: dict[str, Any],
    installation: Installation,
    service: Service,
) -> None:
    _check_answer(scraped, installation.objects())
    images = _check_lists(client, campaign, scraped)
    _check_figures(client, campaign, images)
    _check_metrics(service, scraped)


def _check_answer(scraped: dict[str, Any], objects: dict[str, bytes]) -> None:
    assert list(scraped)[:5] == ["success", "job_id", "campaign_id", "status", "detail"]
    assert scraped["success"]
    assert scraped["images_found"] == scraped["images_saved"] + scraped["images_skipped"]
    assert scraped["images_saved"] == len(scraped["images"]) > 3
    assert scraped["images"][0]["metadata"]["is_hero"]
    for image in scraped["images"]:
        served = httpx.get(image["url"])
        assert served.status_code == 200
        assert served.content == objects[image["r2_path"]]
        assert len(served.content) == image["metadata"]["file_size"]
        assert served.headers["Content-Type"] == f"image/{image['metadata']['format']}"


def _check_lists(
    client: httpx.Client, campaign: str, scraped: dict[str, Any]
) -> list[dict[str, Any]]:
    every = client.get(f"{ROOT}/{campaign}").json()
    assert every["count"] == scraped["images_saved"]
    qualities = [image["quality_score"] for image in every["images"]]
    assert qualities == sorted(qualities, reverse=True)
    assert {image["cdn_url"] for image in every["images"]} == {
        image["url"] for image in scraped["images"]
    }
    for kind in ("hero", "product", "lifestyle"):
        of_kind = client.get(f"{ROOT}/{campaign}", params={"image_type": kind}).json()["images"]
        expected = [image["id"] for image in every["images"] if image[f"is_{kind}"]]
        assert [image["id"] for image in of_kind] == expected
    images: list[dict[str, Any]] = every["images"]
    return images


def _check_figures(client: httpx.Client, campaign: str, images: list[dict[str, Any]]) -> None:
    stats = client.get(f"{ROOT}/{campaign}/stats").json()
    assert stats["total_count"] == len(images)
    assert stats["hero_count"] == sum(image["is_hero"] for image in images)
    assert stats["max_quality"] == images[0]["quality_score"]
    size = sum(image["file_size"] for image in images) / 1024**2
    assert stats["total_size_mb"] == pytest.approx(size, abs=0.01)

    hero = images[0]
    used = client.post(f"{ROOT}/{campaign}/{hero['id']}/usage").json()
    assert used["times_used"] == 1
    [most] = client.get(f"{ROOT}/{campaign}/most-used", params={"limit": 5}).json()["images"]
    assert most["id"] == hero["id"]


def _check_metrics(service: Service, scraped: dict[str, Any]) -> None:
    eventually(lambda: service.figures()["imagecrawler_worker_memory_bytes{browsers}"] > 0)
    figures = service.figures()
    assert figures["imagecrawler_jobs_ended_total{succeeded}"] == 1
    assert figures["imagecrawler_job_duration_seconds_count{}"] == 1
    assert figures["imagecrawler_job_waiting_seconds_count{interactive}"] == 1
    assert figures["imagecrawler_stage_duration_seconds_count{persist}"] == 1
    assert figures["imagecrawler_jobs_held{}"] == 0
    kept = sum(value for name, value in figures.items() if "pictures_kept_total" in name)
    rejected = sum(value for name, value in figures.items() if "pictures_rejected" in name)
    assert (kept, rejected) == (scraped["images_saved"], scraped["images_skipped"])
    sizes = sum(image["metadata"]["file_size"] for image in scraped["images"])
    assert figures["imagecrawler_uploaded_bytes_total{}"] == sizes
    assert figures["imagecrawler_downloaded_bytes_total{}"] > sizes
    assert figures["imagecrawler_egress_connections_total{}"] > 0
    assert figures["imagecrawler_jobs{succeeded,finished}"] == 1
    assert figures["imagecrawler_workers{}"] == 1


@pytest.mark.timeout(180)
def test_a_deleted_image_is_gone_everywhere(
    client: httpx.Client, campaign: str, scraped: dict[str, Any], installation: Installation
) -> None:
    image = scraped["images"][0]
    answer = client.delete(f"{ROOT}/{campaign}/{image['id']}")
    assert answer.json() == {"success": True, "message": "Image deleted successfully"}
    rows = installation.rows("SELECT id::text FROM scraped_images")
    assert image["id"] not in {row["id"] for row in rows}
    eventually(lambda: httpx.get(image["url"]).status_code == 404)
    eventually(lambda: not installation.rows("SELECT 1 FROM deleted_objects"))
    assert image["r2_path"] not in installation.objects()


@pytest.mark.timeout(180)
def test_curl_without_a_content_type_and_a_job_that_nobody_waits_for(
    client: httpx.Client, campaign: str, shop: DemoShop, token: str
) -> None:
    headers = ("-H", f"Authorization: Bearer {token}", "-H", "Prefer: respond-async")
    body = f'{{"campaign_id": "{campaign}", "sales_page_url": "{shop.url}{PAGE}"}}'
    command = ["curl", "-sSi", "-X", "POST", f"{client.base_url}{ROOT}/scrape"]
    done = subprocess.run(
        [*command, *headers, "-d", body], capture_output=True, text=True, check=True
    )
    answer = done.stdout
    [location] = [
        line.partition(": ")[2] for line in answer.splitlines() if line.startswith("location")
    ]
    with client.stream("GET", f"{location}/events") as stream:
        names = [
            line.partition(": ")[2] for line in stream.iter_lines() if line.startswith("event:")
        ]
    assert (names[0], names[-1]) == ("state", "finished")
    assert "stage" in names
    assert client.get(location).json()["outcome"] == "succeeded"


def test_fifty_reads_at_once_leave_no_connection_open(
    environment: dict[str, str], campaign: str, token: str, installation: Installation
) -> None:
    def connections() -> int:
        [row] = installation.rows(
            "SELECT count(*) AS open FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND left(query, 6) <> 'LISTEN'"
        )
        count: int = row["open"]
        return count

    headers = {"Authorization": f"Bearer {token}"}
    with (
        serving(environment, "--workers", "0") as service,
        httpx.Client(base_url=service.url, headers=headers, timeout=LONG) as client,
        ThreadPoolExecutor(50) as threads,
    ):
        reads = threads.map(lambda _: client.get(f"{ROOT}/{campaign}"), range(50))
        assert {answer.status_code for answer in reads} == {200}
        eventually(lambda: connections() == 0)


PAGES = (PAGE, "/products/summit-backpack", "/products/ember-mug", "/lookbook", "/gated-lamp")


@pytest.mark.timeout(180)
def test_reads_go_on_beside_scrapes_and_each_line_is_its_own_job_s(
    environment: dict[str, str], campaign: str, shop: DemoShop, token: str, tmp_path: Path
) -> None:
    environment |= {"IMAGECRAWLER_LOG_FORMAT": "json", "IMAGECRAWLER_LOG_LEVEL": "DEBUG"}
    environment["IMAGECRAWLER_SCRAPE_WAIT"] = "85"
    headers = {"Authorization": f"Bearer {token}"}
    log = tmp_path / "log"
    with (
        log.open("w") as stream,
        serving(environment, log=stream) as service,
        httpx.Client(base_url=service.url, headers=headers, timeout=LONG) as client,
        ThreadPoolExecutor(30) as threads,
    ):

        def scrape(page: str) -> str:
            body = {"campaign_id": campaign, "sales_page_url": f"{shop.url}{page}?token=hush"}
            answer = client.post(f"{ROOT}/scrape", json=body).json()
            assert answer["status"] in ("succeeded", "partial")
            return answer["job_id"]

        scrapes = [threads.submit(scrape, page) for page in PAGES]
        reads = threads.map(lambda _: client.get(f"{ROOT}/{campaign}").status_code, range(200))
        assert set(reads) == {200}
        jobs = [each.result() for each in scrapes]
    _check_log(log.read_text(), dict(zip(PAGES, jobs, strict=True)), campaign)


def _check_log(log: str, jobs: dict[str, str], campaign: str) -> None:
    assert "hush" not in log
    named = defaultdict(set)
    for line in map(json.loads, log.splitlines()):
        about = {page for page in jobs if f"{page}?…" in line["message"]}
        about |= {page for page, job in jobs.items() if job in line["message"]}
        if "job_id" in line:
            assert line["campaign_id"] == campaign
            assert about <= {page for page, job in jobs.items() if job == line["job_id"]}, line
            named[line["job_id"]].add(line["logger"])
    assert set(named) == set(jobs.values())
    for loggers in named.values():
        assert {"imagecrawler.jobs.crawl", "scrapy.core.scraper"} <= loggers


@pytest.mark.timeout(180)
def test_a_worker_that_is_killed_is_replaced_and_none_is_left_behind(
    service: Service, scraped: dict[str, Any]
) -> None:
    [first] = service.workers()
    first.kill()
    eventually(lambda: service.workers() not in ([], [first]))
    [second] = service.workers()
    # what the first has counted stays, what it held in memory is the second's alone
    eventually(lambda: service.figures().get("imagecrawler_jobs_held{}") == 0)
    eventually(lambda: service.figures().get("imagecrawler_worker_memory_bytes{browsers}") == 0)
    figures = service.figures()
    assert figures["imagecrawler_jobs_ended_total{succeeded}"] == 1
    assert figures["imagecrawler_pictures_kept_total{hero}"] > 0
    service.process.terminate()
    service.process.wait(60)
    assert not second.is_running()


def test_a_port_that_is_taken_is_one_line(
    service: Service, environment: dict[str, str], one_line: Callable[[str], str]
) -> None:
    port = service.url.rpartition(":")[2]
    done = subprocess.run(
        [sys.executable, "-m", "imagecrawler", "serve", "--port", port],
        env=environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert f"--port {port}" in one_line(done.stderr)


@pytest.mark.timeout(180)
def test_an_empty_machine_needs_nothing_but_the_command(
    environment: dict[str, str], installation: Installation, shop: DemoShop
) -> None:
    del environment["IMAGECRAWLER_DATABASE_URL"]
    bare = Installation(environment, "", installation.folder)
    with serving(environment) as service:
        added = bare.run("imagecrawler", "campaign", "add", "Autumn").stdout.split()
        token = bare.run("imagecrawler", "token", "--user", added[3]).stdout.strip()
        answer = httpx.post(
            f"{service.url}{ROOT}/scrape",
            headers={"Authorization": f"Bearer {token}"},
            json={"campaign_id": added[1], "sales_page_url": shop.url + PAGE, "max_images": 1},
            timeout=LONG,
        ).json()
        assert answer["status"] == "succeeded"
        assert httpx.get(answer["images"][0]["url"]).status_code == 200
