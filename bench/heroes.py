"""How often the first picture is the page's main one, and what that rests on.

    python bench/heroes.py CORPUS --base URL [--save DIR]
    python bench/heroes.py CORPUS --saved DIR

CORPUS has a folder for each saved page with a ``label.json``: ``hero_src``, the address of the
main picture, ``accept``, others of it, and ``match``, a regular expression for all of them. URL is
a server of the pages, ``URL/FOLDER/`` each. What was crawled is kept by ``--save``: judging it
again (``--saved``) takes seconds.

The first table has a page a line, the second what simple rules choose on the same pages, the third
what is chosen when a kind of evidence is taken away from all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import pickle
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from imagecrawler.dedupe import deduplicate, rank
from imagecrawler.imaging.examine import Examined, examine
from imagecrawler.imaging.judge import judge
from imagecrawler.items import METADATA, DownloadedImage, ImageCandidate, PageSnapshot

FIRST_SCREENS = 1_200.0


@dataclass(frozen=True)
class Label:
    addresses: frozenset[str]
    pattern: re.Pattern[str] | None

    @classmethod
    def read(cls, folder: Path) -> Label:
        label = json.loads((folder / "label.json").read_text("utf-8"))
        addresses = (label["hero_src"], *label.get("accept", ()))
        pattern = re.compile(label["match"], re.IGNORECASE) if label.get("match") else None
        return cls(frozenset(map(_plain, addresses)), pattern)

    def is_of(self, *urls: str) -> bool:
        plain = [_plain(url) for url in urls]
        return any(
            (self.pattern and self.pattern.search(url)) or url.endswith(tuple(self.addresses))
            for url in plain
        )


def _plain(url: str) -> str:
    return re.sub(r"^(https?:)?/+", "", unquote(url).partition("#")[0].strip())


@dataclass(frozen=True)
class Page:
    """``images`` are those that could be had, ``others`` addresses of the rest."""

    name: str
    snapshot: PageSnapshot
    images: tuple[DownloadedImage, ...]
    others: tuple[str, ...]

    @cached_property
    def seen(self) -> tuple[Examined, ...]:
        return tuple(each for each in map(examine, self.images) if isinstance(each, Examined))


def crawled(names: Sequence[str], base: str) -> list[Page]:
    from scrapy import Request, signals
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    from imagecrawler.items import PageItem
    from imagecrawler.jobs.attempt import Attempt
    from imagecrawler.jobs.job import parse_arguments
    from spiders.sales_page import SalesPageSpider

    items: list[PageItem] = []
    urls = [f"{base.rstrip('/')}/{name}/" for name in names]
    done = asyncio.Event()

    class PagesSpider(SalesPageSpider):
        """One page after the other."""

        async def start(self) -> AsyncIterator[Request]:
            async for request in super().start():
                yield request
            for url in urls[1:]:
                await done.wait()
                done.clear()
                job = await self.jobs.begin(parse_arguments(url, max_images=50), None)
                yield self._request(Attempt(job, load_images=False))

    def finished(item: PageItem) -> None:
        items.append(item)
        done.set()

    settings = Settings()
    settings.setmodule("imagecrawler.settings")
    settings.set("LOG_LEVEL", "WARNING")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(PagesSpider)
    crawler.signals.connect(finished, signals.item_scraped)
    process.crawl(crawler, url=urls[0], max_images=50)
    process.start()
    return [_page(name, item) for name, item in zip(names, items, strict=True)]


def _page(name: str, item: Any) -> Page:
    others = tuple(each.url for each in item.rejections)
    return Page(name, item.snapshot or PageSnapshot("", ""), item.downloaded, others)


Change = Callable[[ImageCandidate], ImageCandidate]


def without_metadata(candidate: ImageCandidate) -> ImageCandidate:
    sources = tuple(name for name in candidate.sources if name not in METADATA)
    return replace(candidate, sources=sources or ("img",))


def without_containers(candidate: ImageCandidate) -> ImageCandidate:
    return replace(candidate, containers=("div",) * len(candidate.containers))


def without_texts(candidate: ImageCandidate) -> ImageCandidate:
    return replace(candidate, alt="", title="", heading="", caption="", text="")


def without_links(candidate: ImageCandidate) -> ImageCandidate:
    sources = tuple(name for name in candidate.sources if name != "zoom-link")
    return replace(candidate, link="", sources=sources or ("img",))


def without_names(candidate: ImageCandidate) -> ImageCandidate:
    return without_containers(without_texts(without_links(without_metadata(candidate))))


WITHOUT: tuple[tuple[str, Change], ...] = (
    ("nothing", lambda candidate: candidate),
    ("metadata", without_metadata),
    ("words of containers", without_containers),
    ("alternative and other texts", without_texts),
    ("links", without_links),
    ("box", lambda candidate: replace(candidate, rect=None)),
    ("all but the box", without_names),
)


def chosen(page: Page, change: Change = lambda candidate: candidate) -> list[tuple[str, ...]]:
    """The addresses of each kept picture and of its duplicates, best picture first."""
    seen = [
        replace(each, image=replace(each.image, candidate=change(each.image.candidate)))
        for each in page.seen
    ]
    scored, _ = judge(seen, page.snapshot)
    kept, _ = rank(deduplicate(scored)[0], 10)
    return [(image.url,) for image in kept]


def top(pages: Iterable[tuple[Page, Label]], first: int, change: Change) -> int:
    return sum(
        any(label.is_of(*urls) for urls in chosen(page, change)[:first]) for page, label in pages
    )


def by_source(*names: str) -> Callable[[Page], Examined | None]:
    def choose(page: Page) -> Examined | None:
        named = [each for each in page.seen if set(names) & set(each.image.candidate.sources)]
        return min(named, key=lambda each: each.image.candidate.position, default=None)

    return choose


def largest(page: Page) -> Examined | None:
    """Among the pictures of the first screens the one with the largest box."""
    boxes = [(each.image.candidate.rect, each) for each in page.seen]
    early = [(box.area, each) for box, each in boxes if box and box.y < FIRST_SCREENS]
    return max(early, key=lambda pair: pair[0], default=(0, None))[1]


RULES = (
    ("og:image", by_source("open-graph")),
    ("JSON-LD, microdata", by_source("json-ld", "microdata", "rdfa")),
    (f"largest in the first {FIRST_SCREENS:.0f} px", largest),
)


def report(pages: Sequence[tuple[Page, Label]]) -> None:
    count = len(pages)
    print(f"{'page':<20} {'first':>5} {'of three':>8} {'found':>5}  of another picture")
    for page, label in pages:
        kept = chosen(page)
        hits = [label.is_of(*urls) for urls in kept]
        found = any(label.is_of(each.url) for each in page.seen) or label.is_of(*page.others)
        marks = ("yes" if good else "-" for good in (hits[:1] == [True], any(hits[:3]), found))
        print("{:<20} {:>5} {:>8} {:>5}".format(page.name, *marks), end="  ")
        print("" if hits[:1] == [True] else kept[0][0][-70:] if kept else "none kept")
    print(f"\n{'a simple rule':<30} first")
    for name, rule in RULES:
        hits = [label.is_of(best.url) for page, label in pages if (best := rule(page))]
        print(f"{name:<30} {sum(hits):>3}/{count}")
    print(f"\n{'without':<30} first  of three")
    for name, change in WITHOUT:
        print(f"{name:<30} {top(pages, 1, change):>3}/{count} {top(pages, 3, change):>5}/{count}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", type=Path, nargs="?", default=Path("corpus/heroes"))
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--base", help="address of a server of the pages")
    source.add_argument("--saved", type=Path, help="what --save wrote, your own only")
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    folders = sorted(path.parent for path in options.corpus.glob("*/label.json"))
    if not folders:
        print(f"{options.corpus}: no folder with a label.json; nothing was measured")
        return
    if options.saved:
        pages = [pickle.loads(file.read_bytes()) for file in sorted(options.saved.glob("*.page"))]
    elif options.base:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["IMAGECRAWLER_DATA_DIR"] = folder
            os.environ["IMAGECRAWLER_EGRESS_ALLOW"] = "127.0.0.0/8"
            os.environ["IMAGECRAWLER_EGRESS_PORTS"] = "*"
            pages = crawled([folder.name for folder in folders], options.base)
    else:
        sys.exit("heroes.py: give --base, the address of a server of the pages, or --saved")
    if options.save:
        options.save.mkdir(parents=True, exist_ok=True)
        for page in pages:
            (options.save / f"{page.name}.page").write_bytes(pickle.dumps(page))
    labels = {folder.name: Label.read(folder) for folder in folders}
    report([(page, labels[page.name]) for page in pages if page.name in labels])


if __name__ == "__main__":
    main()
