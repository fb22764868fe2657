import os
import subprocess
import sys
import zipfile
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest

import imagecrawler
from imagecrawler.items import ImageCandidate, PageItem, Reason, Rect, Rejection, Version
from imagecrawler.presentation.html import DECODED, render_report

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>"


class Page(HTMLParser):
    """The start tags, and the text of script and style elements, of a document."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem:
            self.texts[self.cdata_elem] = self.texts.get(self.cdata_elem, "") + data
        else:
            self.text += data

    def values(self, attribute: str) -> list[str]:
        return [value for _, found in self.tags if (value := found.get(attribute)) is not None]

    def with_class(self, name: str) -> list[dict[str, str | None]]:
        return [found for _, found in self.tags if name in (found.get("class") or "").split()]


def test_every_picture_has_a_card_and_every_box_leads_to_one(item: PageItem):
    page = Page(render_report(item))
    ids = page.values("id")
    assert len(page.with_class("card")) == 2
    assert len(page.with_class("tile")) == 3
    assert Counter(ids).most_common(1)[0][1] == 1
    boxes = page.values("data-card")
    assert sorted(boxes) == ["duplicate-1", "saved-1", "saved-2"]
    assert set(boxes) <= set(ids)


def test_small_boxes_lie_above_large_ones(item: PageItem):
    assert Page(render_report(item)).values("data-card") == ["saved-1", "saved-2", "duplicate-1"]


def test_boxes_are_cut_at_the_edges_of_the_page(item: PageItem):
    outside = (Rect(-50, 990, 100, 100), Rect(600, 0, 10, 10), Rect(0, 0, 0, 0))
    rejections = tuple(Rejection("https://a/x", Reason.GRAPHIC, rect=rect) for rect in outside)
    page = Page(render_report(replace(item, stored=(), rejections=rejections)))
    (edge,) = page.with_class("edge")
    assert [float(edge[name] or -1) for name in ("x", "y", "width", "height")] == [0, 990, 50, 10]


def test_page_makes_no_request_and_runs_only_its_own_code(item: PageItem):
    page = Page(render_report(item))
    (policy,) = [
        found["content"]
        for _, found in page.tags
        if "content-security-policy" in str(found).lower()
    ]
    assert policy is not None
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy
    for name in ("style", "script"):
        digest = b64encode(sha256(page.texts[name].encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert all(source.startswith("data:image/") for source in page.values("src"))
    assert "link" not in [tag for tag, _ in page.tags]
    assert page.values("style") == []


def test_hostile_strings_stay_text(item: PageItem):
    url = "javascript:alert(1)//" + HOSTILE
    candidate = ImageCandidate((Version(url),), (HOSTILE,), alt=HOSTILE)
    first = item.stored[0]
    image = replace(first.scored.image, candidate=candidate, url=url)
    scored = replace(first.scored, image=image, breakdown={HOSTILE: 0.5}, absorbed=(url,))
    html = render_report(
        replace(
            item,
            target=replace(item.target, url=url),
            title=HOSTILE + "\ud800\u202e",
            detail=HOSTILE,
            stored=(replace(first, scored=scored, key=HOSTILE, cdn_url=url),),
            rejections=(Rejection(url, Reason.DUPLICATE, HOSTILE, "vbscript:" + HOSTILE),),
            timings={HOSTILE: 1.0},
        )
    )
    page = Page(html)
    html.encode()
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert "alert(" not in page.texts["script"]
    assert not [name for _, found in page.tags for name in found if name.startswith("on")]
    assert all(link.startswith("#") for link in page.values("href"))
    assert "javascript:alert(1)" in page.text


def test_links_leave_no_trace_of_the_report(item: PageItem):
    links = [found for tag, found in Page(render_report(item)).tags if tag == "a"]
    outside = [found for found in links if not (found["href"] or "").startswith("#")]
    assert item.target.url in [found["href"] for found in outside]
    assert {found["rel"] for found in outside} == {"noopener noreferrer"}


def test_without_a_screenshot_the_boxes_stand_on_an_empty_sheet(item: PageItem):
    page = Page(render_report(replace(item, screenshot=None)))
    assert len(page.with_class("box")) == 3
    assert page.with_class("blank")[0]["viewbox"] == "0 0 500 1000"
    assert "No screenshot was taken" in page.text


def test_without_screenshot_and_snapshot_there_is_no_pane(item: PageItem):
    page = Page(render_report(replace(item, screenshot=b"broken", snapshot=None)))
    assert page.with_class("pane") == []
    assert len(page.with_class("card")) == 2


def test_failed_job(failed: PageItem):
    page = Page(render_report(failed))
    assert "the browser gave no page" in page.text
    assert "No image of this page was saved." in page.text
    assert page.with_class("filters") == page.with_class("timings") == []


def test_bytes_that_were_never_decoded_safely_are_not_decoded_here(item: PageItem):
    (thumb,) = item.downloaded[2:]
    shown = {
        reason
        for reason in Reason
        if "<img" in _only_tile(replace(item, rejections=(Rejection(thumb.url, reason),)))
    }
    assert shown == set(DECODED)
    assert Reason.TOO_LARGE not in shown
    assert Reason.UNDECODABLE not in shown


def _only_tile(item: PageItem) -> str:
    return render_report(item).partition('<ul class="tiles">')[2]


def test_report_stays_small(item: PageItem, picture: Callable[..., bytes]):
    large = replace(item.stored[0].scored.image, body=picture((2000, 2000), "JPEG"))
    stored = replace(item.stored[0], scored=replace(item.stored[0].scored, image=large))
    assert len(render_report(replace(item, stored=(stored,) * 50))) < 500_000


def test_templates_load_from_a_zip_file(tmp_path: Path):
    package = Path(imagecrawler.__file__).parent
    archive = tmp_path / "imagecrawler.egg"
    with zipfile.ZipFile(archive, "w") as egg:
        for path in (*package.glob("*.py"), *package.glob("presentation/**/*.*")):
            egg.write(path, path.relative_to(package.parent))
    code = (
        "from uuid import UUID; from imagecrawler.items import PageItem, Target;"
        "from imagecrawler.presentation import html; assert '.egg' in html.__file__;"
        "print(html.render_report(PageItem(Target('https://a/', UUID(int=1), UUID(int=2)),"
        " UUID(int=3))))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(archive)},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        pytest.fail(result.stderr)
    assert "No image of this page was saved." in result.stdout
