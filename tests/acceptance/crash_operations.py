"""What is crashed: each operation can be done again after its process has died."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import httpx
from crash_lab import CAMPAIGN, DRESSED, OWNER, VARIABLE, CrashLab, Site, crawled, empty
from installation import PROJECT

from imagecrawler.config import Config
from imagecrawler.crash_points import CrashPoint
from imagecrawler.tokens import issue_token

CHANGED = {"first": "sneaker-side-sand", "third": "lamp-front", "fourth": "watch-front"}
OUTBOX = "SELECT 1 FROM deleted_objects"
SECOND = "SELECT id::text FROM scraped_images WHERE original_url LIKE '%%/second.jpg'"


@dataclass(frozen=True)
class Operation:
    """``perform`` says whether its processes lived; doing it again finishes what is unfinished.

    ``passes``: the points that it comes to, with how often where that is the point. Afterwards
    there are ``rows`` images, of which the page shows ``shown``.
    """

    name: str
    state: Callable[[CrashLab], Site]
    perform: Callable[[Site], bool]
    passes: Sequence[str]
    shown: Mapping[str, str]
    rows: int


def crawl(site: Site) -> bool:
    if not site.rows("SELECT 1 FROM scrape_jobs"):
        site.submit()
    return site.work(site.is_idle)


def recrawl(site: Site) -> bool:
    site.shop.window.clear()
    site.shop.window.update(CHANGED)
    if len(site.rows("SELECT 1 FROM scrape_jobs")) == 1:
        site.submit(incremental=True)
    return site.work(site.is_idle)


def delete_image(site: Site) -> bool:
    """By the API; a worker deletes its object."""
    found = site.rows(SECOND)
    if found and not _call_delete(site, found[0]["id"]):
        return False
    return site.work(lambda: not site.rows(OUTBOX))


def delete_campaign(site: Site) -> bool:
    """As the host application does; ``reconcile`` purges."""
    site.rows("DELETE FROM campaigns")
    return site.run("reconcile", "--fix", "--grace", "0")


def reconcile(site: Site) -> bool:
    return site.run("reconcile", "--fix", "--grace", "0")


def recycle(site: Site) -> bool:
    """A browser for each page."""
    if not site.rows("SELECT 1 FROM scrape_jobs"):
        for _ in range(3):
            site.submit()
    site.installation.environment["IMAGECRAWLER_BROWSER_PAGES"] = "1"
    return site.work(site.is_idle, "-s", "PLAYWRIGHT_MAX_CONTEXTS=1")


def orphaned(lab: CrashLab) -> Site:
    """The worker of a job has died."""
    site = lab.site(empty)
    site.armed = CrashPoint.JOB_OPENED
    assert not crawl(site)
    return site


def disagreeing(lab: CrashLab) -> Site:
    """A row is lost, an object is left over, another one waits to be deleted."""
    site = lab.site(crawled)
    third = "DELETE FROM scraped_images WHERE original_url LIKE '%%/third.jpg'"
    site.rows(third.replace("third", "second"))
    site.rows("DELETE FROM deleted_objects")
    site.rows(third)
    site.rows(
        "SET session_replication_role = replica; DELETE FROM scraped_images;"
        "SET session_replication_role = origin"
    )
    return site


_PURGE = (CrashPoint.OBJECT_HALF_DELETED, CrashPoint.OBJECT_DELETED)
_OUTBOX = (CrashPoint.OUTBOX_CLEARING, CrashPoint.OUTBOX_CLEARED)
_SETTLE = (CrashPoint.CAMPAIGN_SETTLING, CrashPoint.CAMPAIGN_SETTLED)
_CRAWL = (
    CrashPoint.JOB_TAKEN,
    CrashPoint.JOB_OPENED,
    CrashPoint.PAGE_RENDERED,
    CrashPoint.KEYS_RESERVED,
    CrashPoint.OBJECT_HALF_PUT,
    f"{CrashPoint.OBJECT_HALF_PUT}:2",
    CrashPoint.PICTURE_UPLOADED,
    f"{CrashPoint.PICTURE_UPLOADED}:2",
    CrashPoint.ALL_UPLOADED,
    CrashPoint.PAGE_SAVING,
    CrashPoint.PAGE_SAVED,
)
_BROWSER = (CrashPoint.BROWSER_STARTED, CrashPoint.BROWSER_REPLACED)

_FIRST = {"first": DRESSED["first"]}
_WITHOUT_SECOND = {name: DRESSED[name] for name in ("first", "third")}

OPERATIONS = (
    Operation("crawl", empty, crawl, _CRAWL, DRESSED, 3),
    Operation("recrawl", crawled, recrawl, _CRAWL, CHANGED, 5),
    Operation(
        *("delete", crawled, delete_image),
        (CrashPoint.IMAGE_DELETING, CrashPoint.IMAGE_DELETED, *_PURGE, *_OUTBOX),
        _WITHOUT_SECOND,
        2,
    ),
    Operation(
        *("cascade", crawled, delete_campaign),
        (*_PURGE, f"{CrashPoint.OBJECT_DELETED}:3", *_OUTBOX),
        {},
        0,
    ),
    Operation(
        *("reconcile", disagreeing, reconcile),
        (*_PURGE, *_OUTBOX, *_SETTLE, *(f"{point}:2" for point in (_PURGE[1], *_OUTBOX))),
        _FIRST,
        1,
    ),
    Operation("recycle", empty, recycle, (*_CRAWL, *_BROWSER), DRESSED, 3),
    Operation(*("recovery", orphaned, crawl), (CrashPoint.JOB_RECOVERING, *_CRAWL), DRESSED, 3),
)


def _call_delete(site: Site, image_id: str) -> bool:
    """Whether the API lived to answer."""
    environment = {**site.installation.environment, VARIABLE: site.armed}
    command = (sys.executable, "-m", "imagecrawler", "serve", "--port", "0", "--workers", "0")
    with (
        (site.installation.folder / "serve.log").open("a") as log,
        subprocess.Popen(
            command, env=environment, cwd=PROJECT, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            is_alive = _answers(site, process.stdout.readline().split()[3], image_id)
        finally:
            process.terminate()
        assert process.wait(20) == (0 if is_alive else -9)
        return is_alive


def _answers(site: Site, address: str, image_id: str) -> bool:
    secret = site.installation.environment["IMAGECRAWLER_JWT_SECRET"]
    token = issue_token(Config(jwt_secret=secret), OWNER, timedelta(hours=1))
    path = f"api/intelligence/product-images/{CAMPAIGN}/{image_id}"
    try:
        answer = httpx.delete(address + path, headers={"Authorization": f"Bearer {token}"})
    except httpx.RemoteProtocolError:
        return False
    assert answer.status_code == 200, answer.text
    return True
