"""The gallery as a person uses it: a real browser, the real service, the demo shop."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from installation import Installation
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from serve import DemoShop
from service import Service

from imagecrawler.config import load_config
from imagecrawler.imaging.scoring import COMPONENTS
from imagecrawler.rendering.browser import find_browser, running_as_root
from imagecrawler.tokens import issue_token

PRODUCT = "/products/summit-backpack"
DESKTOP = {"width": 1440, "height": 980}
PHONE = {"width": 390, "height": 844}
STRANGE = '<img src=x onerror="document.title = 1"> & so on'

pytestmark = pytest.mark.timeout(300)


@dataclass(frozen=True)
class Account:
    """A user with one campaign."""

    campaign: str
    user: UUID
    token: str


@dataclass(frozen=True)
class House:
    """The running service with what is behind it."""

    service: Service
    installation: Installation

    def open_account(self, name: str = "Autumn", lifetime: float = 1) -> Account:
        [row] = self.installation.rows(
            "WITH owner AS (INSERT INTO users (id) VALUES (gen_random_uuid()) RETURNING id) "
            "INSERT INTO campaigns (id, user_id, name) SELECT gen_random_uuid(), id, %s "
            "FROM owner RETURNING id::text, user_id::text",
            name,
        )
        user = UUID(row["user_id"])
        config = load_config(data_dir=self.installation.folder)
        return Account(row["id"], user, issue_token(config, user, timedelta(hours=lifetime)))

    def count(self, account: Account) -> int:
        listed = self.service.call(account.token, f"/{account.campaign}")
        return int(listed["count"])


@pytest.fixture(scope="module")
def house(
    new_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    database = new_database("template_imagecrawler")
    folder = tmp_path_factory.mktemp("gallery")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("IMAGECRAWLER_")
    }
    environment |= {
        "IMAGECRAWLER_DATA_DIR": str(folder),
        "IMAGECRAWLER_DATABASE_URL": database,
        "IMAGECRAWLER_EGRESS_ALLOW": "127.0.0.0/8",
    }
    with Service(environment, folder / "serve.log") as service:
        yield House(service, Installation(environment, database, folder))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(load_config()), chromium_sandbox=not running_as_root()
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, house: House) -> Iterator[Page]:
    """A visitor's tab; nothing on the page may fail or break the policy meanwhile."""
    context = browser.new_context(viewport=DESKTOP, base_url=house.service.url)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Policy" in said.text else None)
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def account(house: House) -> Account:
    """A user whose campaign is empty."""
    return house.open_account()


@pytest.fixture
def filled(house: House, shop: DemoShop) -> Account:
    """A user whose campaign has the pictures of one page."""
    account = house.open_account()
    answer = house.service.call(
        account.token, "/scrape", campaign_id=account.campaign, sales_page_url=shop.url + PRODUCT
    )
    assert answer["images_saved"] == 10
    return account


def sign_in(page: Page, account: Account) -> None:
    page.goto("/")
    page.get_by_label("Access token").fill(account.token)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Autumn")).to_be_visible()


def scrape(page: Page, shop: DemoShop) -> None:
    page.get_by_label("Address of the page").fill(shop.url + PRODUCT)
    page.get_by_role("button", name="Collect").click()
    expect(page.get_by_text("10 pictures saved, 16 left out.").last).to_be_visible(timeout=60_000)


def cards(page: Page) -> Locator:
    return page.locator(".card")


def loaded(page: Page) -> None:
    expect(cards(page).first.locator("img.loaded")).to_be_visible()


def press_left_out(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Left out")).click()


def test_what_is_no_token_is_turned_down_with_a_reason(page: Page, house: House) -> None:
    page.goto("/")
    field = page.get_by_label("Access token")
    for pasted, reason in (
        ("swordfish", "does not look like a token"),
        (house.open_account(lifetime=-1).token, "expired on"),
    ):
        field.fill(pasted)
        field.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text(reason)
        expect(field).to_be_focused()


def test_a_token_the_service_refuses_leads_back_to_the_door(page: Page, account: Account) -> None:
    page.goto("/")
    page.get_by_label("Access token").fill(account.token[:-4] + "AAAA")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_contain_text("did not accept this token")


def test_a_token_stays_in_its_tab_until_one_signs_out(page: Page, account: Account) -> None:
    sign_in(page, account)
    page.reload()
    expect(page.get_by_role("heading", name="Autumn")).to_be_visible()
    assert account.token not in page.url
    assert page.evaluate("localStorage.length + document.cookie.length") == 0

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Access token")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def test_a_scrape_is_followed_until_its_pictures_appear(
    page: Page, account: Account, shop: DemoShop
) -> None:
    sign_in(page, account)
    expect(page.get_by_role("heading", name="No pictures yet")).to_be_visible()

    page.get_by_label("Address of the page").fill(shop.url + PRODUCT)
    page.get_by_role("button", name="Collect").click()
    expect(page.locator(".stages li").first).to_have_class(re.compile("now|done"))
    expect(page.get_by_text("10 pictures saved, 16 left out.").last).to_be_visible(timeout=60_000)

    expect(cards(page)).to_have_count(10)
    expect(page.locator(".badge.new")).to_have_count(10)
    loaded(page)


def test_what_was_left_out_is_shown_with_the_reasons(
    page: Page, account: Account, shop: DemoShop
) -> None:
    sign_in(page, account)
    scrape(page, shop)
    page.reload()
    page.get_by_role("button", name="See what was left out").click()

    expect(page.locator(".tile")).to_have_count(16)
    expect(page.get_by_role("heading", name="Too small")).to_be_visible()
    expect(page.locator(".tile img.loaded").first).to_be_visible()

    page.locator(".tile").get_by_role("button", name="backpack-front-forest").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_page_that_cannot_be_collected_says_why(page: Page, account: Account) -> None:
    sign_in(page, account)
    field = page.get_by_label("Address of the page")
    for typed, reason in (
        ("not a page", "Please paste the whole address"),
        ("ftp://shop.example/", "Please paste the whole address"),
    ):
        field.fill(typed)
        field.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text(reason)


def test_a_job_that_fails_says_why(page: Page, account: Account, shop: DemoShop) -> None:
    sign_in(page, account)
    page.get_by_label("Address of the page").fill(shop.url + "/private/prices")
    page.get_by_role("button", name="Collect").click()

    ending = page.locator(".ending.blocked")
    expect(ending).to_contain_text("The site turned us away", timeout=60_000)
    expect(ending).to_contain_text("robots.txt")


def test_pictures_are_filtered_and_sorted(page: Page, filled: Account) -> None:
    sign_in(page, filled)
    expect(cards(page)).to_have_count(10)

    page.get_by_role("button", name=re.compile("^Hero")).click()
    expect(cards(page)).to_have_count(4)
    expect(cards(page).locator(".badge").first).to_have_text("Hero")

    page.get_by_role("button", name=re.compile("^All")).click()
    scores = [
        int(text.removeprefix("Score ")) for text in page.locator(".score").all_text_contents()
    ]
    assert scores == sorted(scores, reverse=True)

    page.get_by_label("Sort by").select_option("Largest")
    sizes = [re.findall(r"\d+", text)[:2] for text in page.locator(".facts").all_text_contents()]
    areas = [int(width) * int(height) for width, height in sizes]
    assert areas == sorted(areas, reverse=True)
    assert len(set(areas)) > 1


def test_the_statistics_are_those_of_the_service(page: Page, house: House, filled: Account) -> None:
    stats = house.service.call(filled.token, f"/{filled.campaign}/stats")
    sign_in(page, filled)
    expect(cards(page)).to_have_count(10)

    drawn = dict(
        zip(
            *(page.locator(f".figures {tag}").all_text_contents() for tag in ("dt", "dd")),
            strict=True,
        )
    )
    assert drawn["Pictures"] == str(stats["total_count"])
    assert float(drawn["Average score"]) == pytest.approx(stats["avg_quality"], abs=0.11)
    assert float(drawn["Best score"]) == stats["max_quality"]
    types = page.locator(".stats .bars b").all_text_contents()
    assert [int(count) for count in types] == [
        stats[f"{name}_count"] for name in ("hero", "product", "lifestyle")
    ]


def test_the_large_view_tells_everything_by_keyboard_alone(page: Page, filled: Account) -> None:
    sign_in(page, filled)
    page.get_by_role("button", name=re.compile("^Hero")).click()
    first = cards(page).first.locator(".open")
    first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")

    expect(
        dialog.get_by_role("list", name="What the score is made of").get_by_role("listitem")
    ).to_have_count(len(COMPONENTS))
    expect(dialog.get_by_role("link", name="summit-backpack")).to_be_visible()
    dialog.get_by_text("Stands for 2 duplicates").click()
    expect(dialog.locator(".twins img.loaded")).to_have_count(2)

    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(first).to_be_focused()


def test_the_arrows_leaf_through_the_large_views(page: Page, filled: Account) -> None:
    sign_in(page, filled)
    cards(page).first.locator(".open").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("1 of 10")).to_be_visible()

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(dialog.get_by_text("2 of 10", exact=True)).to_be_visible()

    dialog.get_by_role("button", name="Close").click()
    expect(cards(page).nth(1).locator(".open")).to_be_focused()


def test_the_link_of_a_picture_is_copied(page: Page, house: House, filled: Account) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, filled)
    cards(page).first.locator(".open").click()
    page.get_by_role("button", name="Copy link").last.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()

    [best, *_] = house.service.call(filled.token, f"/{filled.campaign}")["images"]
    assert page.evaluate("navigator.clipboard.readText()") == best["cdn_url"]


def test_a_deletion_can_be_undone(page: Page, house: House, filled: Account) -> None:
    page.clock.install()
    sign_in(page, filled)
    names = cards(page).locator(".alt")
    expect(names).to_have_count(10)
    before = names.all_text_contents()
    cards(page).nth(2).hover()
    cards(page).nth(2).get_by_role("button", name=re.compile("^Delete")).click()
    expect(cards(page)).to_have_count(9)
    expect(cards(page).nth(2).locator(".open")).to_be_focused()

    page.get_by_role("button", name="Undo").click()
    expect(cards(page)).to_have_count(10)
    assert names.all_text_contents() == before
    page.clock.fast_forward(10_000)
    assert house.count(filled) == 10


def test_a_deletion_is_carried_out_when_its_time_is_up(
    page: Page, house: House, filled: Account
) -> None:
    page.clock.install()
    sign_in(page, filled)
    cards(page).first.locator(".open").focus()
    page.keyboard.press("Delete")
    expect(cards(page)).to_have_count(9)
    assert house.count(filled) == 10

    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.clock.fast_forward(6_000)
    assert house.count(filled) == 9
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()


def test_a_deletion_is_carried_out_when_the_page_is_left(
    page: Page, house: House, filled: Account
) -> None:
    sign_in(page, filled)
    cards(page).first.locator(".open").click()
    page.get_by_role("button", name="Delete picture").click()
    expect(cards(page)).to_have_count(9)

    page.goto("about:blank")
    # A request that outlives its page is none of the browser's events.
    deadline = time.monotonic() + 20
    while house.count(filled) == 10 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert house.count(filled) == 9


def test_a_deletion_that_fails_brings_the_picture_back(page: Page, filled: Account) -> None:
    page.clock.install()
    page.route(
        "**/api/**",
        lambda route: route.abort() if route.request.method == "DELETE" else route.fallback(),
    )
    sign_in(page, filled)
    cards(page).first.locator(".open").focus()
    page.keyboard.press("Delete")
    expect(cards(page)).to_have_count(9)
    page.clock.fast_forward(6_000)

    expect(page.locator(".toast.bad")).to_contain_text("was not deleted")
    expect(cards(page)).to_have_count(10)


def test_a_large_campaign_is_drawn_in_portions(page: Page, house: House, account: Account) -> None:
    house.installation.rows(
        "INSERT INTO scraped_images (campaign_id, user_id, r2_path, cdn_url, width, height, "
        "file_size, format, quality_score) SELECT %s::uuid, %s::uuid, 'campaigns/' || %s || n, "
        "'/media/none', 800, 600, 9000, 'jpeg', n %% 100 FROM generate_series(1, 510) AS n",
        account.campaign,
        str(account.user),
        account.campaign,
    )
    sign_in(page, account)
    expect(page.get_by_role("button", name="All 510")).to_be_visible()
    expect(cards(page)).to_have_count(60)

    page.get_by_role("button", name="Show 60 more").click()
    expect(cards(page)).to_have_count(120)
    expect(cards(page).nth(60).locator(".open")).to_be_focused()


def test_what_pages_wrote_is_text_and_no_more(page: Page, house: House, filled: Account) -> None:
    house.installation.rows(
        "UPDATE scraped_images SET alt_text = %s, original_url = 'javascript:alert(1)', "
        "cdn_url = 'javascript:alert(1)' WHERE campaign_id = %s AND is_hero",
        STRANGE,
        filled.campaign,
    )
    sign_in(page, filled)
    page.get_by_role("button", name=re.compile("^Hero")).click()
    cards(page).first.locator(".open").click()

    expect(page.get_by_role("heading", name=STRANGE)).to_be_visible()
    expect(page.locator("[href^='javascript:'], [src^='javascript:']")).to_have_count(0)
    expect(page).to_have_title("Autumn · Campaign pictures")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    page: Page, account: Account, shop: DemoShop, viewport: dict[str, int], scheme: str
) -> None:
    page.set_viewport_size(viewport)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto("/")
    expect(page.get_by_label("Access token")).to_be_visible()
    assert violations(page) == []

    sign_in(page, account)
    expect(page.get_by_role("heading", name="No pictures yet")).to_be_visible()
    assert violations(page) == []

    scrape(page, shop)
    loaded(page)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]

    cards(page).first.locator(".open").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_be_hidden()

    cards(page).first.locator(".open").click()
    page.get_by_role("button", name="Delete picture").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    press_left_out(page)
    expect(page.locator(".tile")).to_have_count(16)
    assert violations(page) == []


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]
