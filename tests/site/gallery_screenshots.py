"""The README's pictures of the gallery: desktop, phone and dark, with the demo shop's products."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright
from serve import DemoShop
from service import Service

from imagecrawler.config import load_config
from imagecrawler.rendering.browser import find_browser, running_as_root

FOLDER = Path("docs")
EARLIER = ("/products/ember-mug", "/lookbook")
LATEST = "/products/summit-backpack"


def main() -> None:
    with TemporaryDirectory(prefix="imagecrawler-gallery-") as folder, DemoShop() as shop:
        shop.prepare()
        environment = {
            **os.environ,
            "IMAGECRAWLER_DATA_DIR": folder,
            "IMAGECRAWLER_EGRESS_ALLOW": "127.0.0.0/8",
        }
        with Service(environment, Path(folder) / "serve.log") as service:
            token = fill(service, shop, environment)
            photograph_all(service, shop, token)


def fill(service: Service, shop: DemoShop, environment: dict[str, str]) -> str:
    """Make a campaign with the pictures of two pages; a token of its owner."""
    made = imagecrawler(environment, "campaign", "add", "Autumn outdoor collection")
    campaign, user = re.findall(r"[0-9a-f-]{36}", made)
    token = imagecrawler(environment, "token", "--user", user).strip()
    for path in EARLIER:
        service.call(token, "/scrape", campaign_id=campaign, sales_page_url=shop.url + path)
    return token


def imagecrawler(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "imagecrawler", *arguments]
    return subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def photograph_all(service: Service, shop: DemoShop, token: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(load_config()), chromium_sandbox=not running_as_root()
        )
        page = visit(browser, service, token, 1440, 980)
        scrape(page, shop.url + LATEST)
        shoot(page, "gallery.png")
        page = visit(browser, service, token, 1440, 980, color_scheme="dark")
        page.locator(".card", has=page.locator(".badge.hero")).first.locator(".open").click()
        shoot(page, "gallery-dark.png")
        page = visit(
            browser, service, token, 390, 844, is_mobile=True, has_touch=True, device_scale_factor=2
        )
        page.locator(".toolbar").evaluate("bar => scrollTo(0, bar.offsetTop - 70)")
        shoot(page, "gallery-phone.png")
        browser.close()


def visit(
    browser: Browser, service: Service, token: str, width: int, height: int, **options: object
) -> Page:
    page = browser.new_page(
        viewport={"width": width, "height": height}, reduced_motion="reduce", **options
    )
    page.goto(service.url)
    page.get_by_label("Access token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    page.locator(".card").first.wait_for()
    return page


def scrape(page: Page, url: str) -> None:
    page.get_by_label("Address of the page").fill(url)
    page.get_by_role("button", name="Collect").click()
    page.locator(".ending").wait_for(timeout=60_000)


def shoot(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    FOLDER.mkdir(exist_ok=True)
    page.screenshot(path=FOLDER / name)


if __name__ == "__main__":
    main()
