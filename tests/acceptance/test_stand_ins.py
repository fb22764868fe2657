"""Pages that answer 200 and are no sales pages, by a worker, and what was saved before them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest
from installation import Installation
from watched_site import picture_at

from imagecrawler.db.campaigns import find_campaign
from imagecrawler.db.database import Database
from imagecrawler.items import Target
from imagecrawler.jobs.queue import JobQueue, Priority

#: On every page, as shops have it: not one of these may be saved as a product's.
BANNER = (
    "<meta property='og:image' content='/banner.jpg'>"
    "<style>img {width: 400px; height: 400px}</style>"
)
PAGES = {
    "/challenge": "<title>Just a moment...</title><h1>shop.example</h1><img src=/banner.jpg>"
    "<p>Verifying you are human.<script>(function(){window._cf_chl_opt={}})()</script>",
    "/login": "<title>Sign in</title><h1>Sign in</h1><img src=/banner.jpg><form action=/session>"
    "E-mail <input> Password <input type=password><button>Sign in</button>",
    "/region": "<title>Shop</title><h1>Sorry</h1><p>This product is not available in your country.",
    "/missing": "<title>Page not found</title><h1>We can't find that page</h1>"
    "<img src=/banner.jpg><img src=/other.jpg>",
    "/shell": "<title>Shop</title><div id=app></div><script src=/gone.js></script>",
    # a shirt called 404, with a form to log in beside its name
    "/404": "<title>404 Not Found | Shirts</title><header>Log in <input type=password></header>"
    "<h1>404 Not Found</h1><div class=product-gallery><img src=/shirt.jpg></div>",
}
ENDS = {
    "/challenge": ("blocked", "a challenge of Cloudflare ('Just a moment...')"),
    "/login": ("blocked", "a login ('Sign in')"),
    "/region": ("blocked", "that it does not sell to our country"),
    "/missing": ("failed", "that there is no such page ('Page not found')"),
    "/shell": ("failed", "an empty page ('Shop')"),
}


class Site(ThreadingHTTPServer):
    """Any of PAGES at its path; ``shows`` has what stands in for another one."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.shows: dict[str, str] = {}


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        page = PAGES.get(self.server.shows.get(self.path, self.path))
        found = page is not None or self.path.endswith(".jpg")
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html" if page else "image/jpeg")
        self.end_headers()
        if found:
            self.wfile.write((BANNER + page).encode() if page else picture_at(self.path))

    def log_message(self, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.serve_forever, args=(0.05,))
    thread.start()
    yield site
    site.shutdown()
    thread.join()
    site.server_close()


async def test_what_stands_in_for_a_page_is_told_and_nothing_of_it_is_saved(
    installation: Installation,
    campaign: str,
    site: Site,
    database: Database,
    start_worker: Callable[..., Any],
    job: Callable[[UUID], Any],
    reached: Callable[[UUID, str], None],
) -> None:
    async def crawl(path: str) -> UUID:
        async with database.session() as db:
            owner = await find_campaign(db, campaign)
            url = f"http://127.0.0.1:{site.server_port}{path}"
            target = Target(url, owner.id, owner.user_id)
            return await JobQueue(database).submit(db, target, priority=Priority.INTERACTIVE)

    start_worker()
    sold = await crawl("/404")
    reached(sold, "finished")
    assert job(sold)["outcome"] == "succeeded", job(sold)["detail"]
    saved = "SELECT * FROM scraped_images ORDER BY id"
    rows, objects = installation.rows(saved), installation.objects()
    assert rows

    site.shows["/404"] = "/challenge"
    jobs = {path: await crawl(path) for path in (*ENDS, "/404")}
    for path, job_id in jobs.items():
        reached(job_id, "finished")
        outcome, words = ENDS.get(path, ENDS["/challenge"])
        ended = job(job_id)
        assert (ended["outcome"], ended["images_saved"]) == (outcome, 0), ended["detail"]
        assert words in ended["detail"]
    assert installation.rows(saved) == rows
    assert installation.objects() == objects
