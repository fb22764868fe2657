"""The gallery's files: what is served, as what, and that nothing in them reaches outside."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import PurePosixPath

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from imagecrawler.api import gallery
from imagecrawler.imaging.scoring import COMPONENTS
from imagecrawler.items import Outcome, Reason
from imagecrawler.jobs.events import STAGES
from imagecrawler.presentation.wording import explanation, label

NAMES = sorted(gallery.assets())
OWN = [name for name in NAMES if not name.startswith("vendor/")]
NAMESPACES = re.compile(r"http://www\.w3\.org/(2000/svg|1998/Math/MathML|1999/xhtml)")


class Page(HTMLParser):
    """The elements of a document with their attributes, and the text within scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inline = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.inline += data.strip()


@pytest.fixture
async def client() -> AsyncIterator[AsyncClient]:
    app = FastAPI()
    app.include_router(gallery.router)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://gallery") as client:
        yield client


def text(name: str) -> str:
    return gallery.assets()[name].body.decode()


async def test_the_page_is_at_the_root(client: AsyncClient) -> None:
    answer = await client.get("/")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text == text("index.html")


@pytest.mark.parametrize("name", NAMES)
async def test_every_file_has_its_type_and_the_policy(client: AsyncClient, name: str) -> None:
    answer = await client.get(f"/gallery/{name}")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == gallery.TYPES[PurePosixPath(name).suffix]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == gallery.POLICY


def test_the_policy_lets_in_pictures_and_nothing_else_from_elsewhere() -> None:
    directives = dict(part.split(" ", 1) for part in gallery.POLICY.split("; "))

    assert directives.pop("img-src") == "'self' https: http: data:"
    assert directives.pop("default-src") == "'none'"
    assert set(directives.values()) == {"'self'", "'none'"}


async def test_a_known_file_is_not_sent_again(client: AsyncClient) -> None:
    first = await client.get("/gallery/app.js")
    again = await client.get("/gallery/app.js", headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["cache-control"] == "no-cache"
    assert again.status_code == 304
    assert again.content == b""


async def test_an_outdated_file_is_sent_again(client: AsyncClient) -> None:
    answer = await client.get("/gallery/app.js", headers={"If-None-Match": '"another"'})

    assert answer.text == text("app.js")


async def test_a_head_request_gets_the_headers_alone(client: AsyncClient) -> None:
    answer = await client.head("/")

    assert answer.headers["content-length"] == str(len(text("index.html")))


@pytest.mark.parametrize(
    "path",
    [
        "",
        "__init__.py",
        "../__init__.py",
        "%2e%2e/app.py",
        "nothing.js",
        "vendor",
        "vendor/README.md",
    ],
)
async def test_nothing_else_is_served(client: AsyncClient, path: str) -> None:
    assert (await client.get(f"/gallery/{path}")).status_code == 404


async def test_the_gallery_is_no_part_of_the_documented_api(client: AsyncClient) -> None:
    assert (await client.get("/openapi.json")).json()["paths"] == {}


def test_the_page_has_nothing_inline() -> None:
    page = Page(text("index.html"))
    attributes = {name for _, pairs in page.elements for name in pairs}

    assert page.inline == ""
    assert "style" not in {tag for tag, _ in page.elements} | attributes
    assert not {name for name in attributes if name.startswith("on")}


def test_everything_the_page_names_is_served() -> None:
    elements = Page(text("index.html")).elements
    named = {pairs.get("src") or pairs.get("href") for _, pairs in elements} - {None}

    assert named
    assert {str(path).removeprefix("/gallery/") for path in named} <= set(NAMES)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".js")])
def test_modules_import_each_other_only(name: str) -> None:
    imported = re.findall(r'(?:from|import)\s*"([^"]+)"', text(name))
    folder = PurePosixPath(name).parent

    assert all(path.startswith("./") for path in imported)
    assert {str(folder / path) for path in imported} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_no_file_names_an_address_outside(name: str) -> None:
    left = NAMESPACES.sub("", text(name))

    assert not re.search(r"https?://\w|@import|url\(", left)


@pytest.mark.parametrize("name", OWN)
def test_no_text_is_ever_taken_for_markup(name: str) -> None:
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(", text(name))
    assert "style=" not in text(name)


@pytest.mark.parametrize("reason", Reason)
def test_reasons_are_worded_as_in_the_crawl_report(reason: Reason) -> None:
    words = f'{reason.value}: ["{label(reason)}", "{explanation(reason)}"],'

    assert words in text("wording.js")


@pytest.mark.parametrize("name", [*Outcome, *(name for name, _ in COMPONENTS)])
def test_outcomes_and_parts_of_the_score_have_words(name: str) -> None:
    assert re.search(rf'^  {name}: "\w', text("wording.js"), re.MULTILINE)


@pytest.mark.parametrize("stage", sorted(set(STAGES) - {"queued", "started", "finished"}))
def test_stages_of_a_job_have_words(stage: str) -> None:
    assert f'{{ name: "{stage}", label: "' in text("wording.js")


def test_every_library_comes_with_its_licence() -> None:
    vendor = gallery.FOLDER / "vendor"
    listed = (vendor / "README.md").read_text("utf-8")

    for path in vendor.glob("*.js"):
        [row] = [line for line in listed.splitlines() if f"`{path.name}`" in line and "|" in line]
        [licence] = re.findall(r"`(LICENSE\.\w+)`", row)
        assert (vendor / licence).is_file()
