"""``make screenshots``: the README's pictures, taken of a crawl of the demo shop."""

from __future__ import annotations

import sys
from pathlib import Path

from demo import PAGE, REPORT, crawl
from playwright.sync_api import sync_playwright
from serve import DemoShop

from imagecrawler.config import load_config
from imagecrawler.rendering.browser import launch_options

TARGET = Path("docs/report.png")


def photograph(report: Path, target: Path) -> None:
    options = launch_options(load_config())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options)
        page = browser.new_page(viewport={"width": 1440, "height": 980})
        page.goto(report.absolute().as_uri())
        page.screenshot(path=target)
        browser.close()


def main() -> int:
    with DemoShop() as shop:
        shop.prepare()
        code = crawl(shop.url + PAGE, IMAGECRAWLER_EGRESS_ALLOW="127.0.0.0/8")
    TARGET.parent.mkdir(exist_ok=True)
    photograph(REPORT, TARGET)
    return code


if __name__ == "__main__":
    sys.exit(main())
