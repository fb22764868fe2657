"""What extraction costs, and what each of its rules is good for.

    python bench/extraction.py [--runs 5] [--snapshots DIR] [--save DIR] [URL ...]

CPU of extracting made-up snapshots of 200 to 20,000 elements that show pictures, which a page of
5,000 to 500,000 elements has, and its growth.
Then a table: of the pages in DIR (as ``--save`` writes them), of the URLs, or else of the demo
shop's, how many pictures each rule names, finds by itself, and how many are lost, or lose their
best address, without it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import pickle
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import process_time

from playwright.async_api import async_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "site"))

from serve import DemoShop

from imagecrawler.budget import Budget
from imagecrawler.config import load_config
from imagecrawler.extraction import extract
from imagecrawler.extraction.rules import RULES
from imagecrawler.extraction.urls import identity
from imagecrawler.garbage import spare_garbage_collection
from imagecrawler.items import Element, PageSnapshot, Rect, Source
from imagecrawler.rendering.browser import WITHOUT_IMAGES, launch_options
from imagecrawler.rendering.handler import VIEWPORT
from imagecrawler.rendering.page import close_page, prepare_page
from imagecrawler.rendering.render import render

#: Elements of a shop's page to one that shows a picture: 18,000 to 506 on the largest we looked at.
SHARE = 25
SIZES = (200, 1_000, 2_000, 5_000, 10_000, 20_000)
PAGES = ("/products/summit-backpack", "/products/trail-sneaker", "/lookbook", "/")
SECONDS = 40.0


def made_up(count: int, seed: int) -> PageSnapshot:
    """A shop's page, of what shows pictures there, which is one in SHARE of its elements.

    Of ten six are plain images, two responsive, one is lazy, one a background.
    """
    return PageSnapshot(
        "https://shop.example/p/1",
        "https://shop.example/p/1",
        elements=tuple(_element(number, f"https://cdn.example/{seed}") for number in range(count)),
        viewport=(VIEWPORT["width"], VIEWPORT["height"]),
    )


def _element(number: int, host: str) -> Element:
    stem = f"{host}/images/{number // 2}"
    attributes = {"src": f"{stem}.jpg", "alt": f"Picture {number}", "class": "card", "width": "300"}
    sources: tuple[Source, ...] = ()
    backgrounds: tuple[str, ...] = ()
    match number % 10:
        case 0 | 1:
            widths = ", ".join(f"{stem}.jpg?w={width} {width}w" for width in (320, 640, 960, 1280))
            attributes["srcset"] = widths
            sources = (Source(widths.replace(".jpg", ".webp"), type="image/webp"),)
        case 2:
            attributes |= {
                "src": "/grey.gif",
                "data-src": f"{stem}.jpg",
                "data-zoom": f"{stem}_l.jpg",
            }
        case 3:
            attributes, backgrounds = {"class": "card"}, (f"{stem}.jpg",)
    return Element(
        "div" if backgrounds else "img",
        f"html>body>main>div:nth-of-type({number})>img",
        Rect(number % 5 * 300, number // 5 * 300, 300, 300),
        attributes=attributes,
        current_src="" if backgrounds else f"{stem}.jpg",
        sources=sources,
        backgrounds=backgrounds,
        containers=("div", "card", "main", "body", "html"),
    )


def cpu(count: int, runs: int) -> float:
    """Median milliseconds, each run with addresses that were never seen before."""
    times = []
    for seed in range(runs):
        snapshot = made_up(count, seed)
        gc.collect()
        started = process_time()
        extract(snapshot)
        times.append(1000 * (process_time() - started))
    return median(times)


def growth(runs: int) -> None:
    spare_garbage_collection()  # as a worker does
    print(f"{'of a page of':>12} {'pictures':>9} {'CPU ms':>8} {'us each':>8}")
    for size in SIZES:
        spent = cpu(size, runs)
        print(f"{size * SHARE:>12,} {size:>9,} {spent:>8.1f} {1000 * spent / size:>8.1f}")


def ablation(pages: Sequence[PageSnapshot]) -> None:
    """Adds the pages up."""
    print(f"\n{'rule':<15} {'names':>6} {'alone':>6} {'lost':>6} {'worse':>6}")
    whole = [extract(page) for page in pages]
    for name, find in RULES:
        others = [rule for rule in RULES if rule[0] != name]
        named = sum(name in each.sources for found in whole for each in found)
        alone = sum(len(extract(page, [(name, find)])) for page in pages)
        lost = worse = 0
        for page, found in zip(pages, whole, strict=True):
            left = extract(page, others)
            addresses = {identity(version.url) for each in left for version in each.versions}
            best = {identity(each.url) for each in left}
            for each in found:
                known = {identity(version.url) for version in each.versions} & addresses
                lost += not known
                worse += bool(known) and identity(each.url) not in best
        print(f"{name:<15} {named:>6} {alone:>6} {lost:>6} {worse:>6}")
    print(f"{'all':<15} {sum(map(len, whole)):>6}   on {len(pages)} pages")


async def taken(urls: Sequence[str]) -> list[PageSnapshot]:
    """As a crawl sees the pages, before it decides to load their images."""
    options = launch_options(load_config())
    options["args"].append(WITHOUT_IMAGES)
    del options["proxy"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**options)
        snapshots = []
        for url in urls:
            page = await (await browser.new_context(viewport=VIEWPORT)).new_page()
            activity = await prepare_page(page)
            await page.goto(url, wait_until="commit")
            snapshots.append((await render(page, activity, Budget(SECONDS))).snapshot)
            await close_page(page)
        await browser.close()
    return snapshots


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--snapshots", type=Path, help="pages that --save wrote, your own only")
    parser.add_argument("--save", type=Path)
    parser.add_argument("urls", nargs="*")
    options = parser.parse_args()
    growth(options.runs)
    if options.snapshots:
        files = sorted(options.snapshots.glob("*.snapshot"))
        pages = [pickle.loads(file.read_bytes()) for file in files]
    elif options.urls:
        pages = asyncio.run(taken(options.urls))
    else:
        with DemoShop() as shop:
            pages = asyncio.run(taken([shop.url + path for path in PAGES]))
    if options.save:
        options.save.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(pages):
            (options.save / f"{number:03}.snapshot").write_bytes(pickle.dumps(page))
    ablation(pages)


if __name__ == "__main__":
    main()
