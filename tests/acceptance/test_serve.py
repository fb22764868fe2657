"""`imagecrawler serve` as its users meet it: calls over HTTP, a worker, the demo shop."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import psutil
import pytest
from installation import PROJECT, Installation
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
def serving(environment: dict[str, str], *arguments: str) -> Iterator[Service]:
    process = subprocess.Popen(
        [sys.executable, "-m", "imagecrawler", "serve", "--port", "0", *arguments],
        env=environment,
        cwd=PROJECT,
        stdout=subprocess.PIPE,
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
    client: httpx.Client, campaign: str, scraped: dict[str, Any], installation: Installation
) -> None:
    _check_answer(scraped, installation.objects())
    images = _check_lists(client, campaign, scraped)
    _check_figures(client, campaign, images)


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


@pytest.mark.timeout(180)
def test_reads_go_on_beside_scrapes(client: httpx.Client, campaign: str, shop: DemoShop) -> None:
    def scrape(number: int) -> str:
        page = f"{shop.url}{PAGE}?{number}"
        body = {"campaign_id": campaign, "sales_page_url": page}
        return client.post(f"{ROOT}/scrape", json=body).json()["status"]

    with ThreadPoolExecutor(30) as threads:
        scrapes = [threads.submit(scrape, number) for number in range(5)]
        reads = threads.map(lambda _: client.get(f"{ROOT}/{campaign}").status_code, range(200))
        assert set(reads) == {200}
        assert {each.result() for each in scrapes} == {"succeeded"}


@pytest.mark.timeout(120)
def test_a_worker_that_is_killed_is_replaced_and_none_is_left_behind(service: Service) -> None:
    eventually(lambda: bool(service.workers()))
    [first] = service.workers()
    first.kill()
    eventually(lambda: service.workers() not in ([], [first]))
    [second] = service.workers()
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
