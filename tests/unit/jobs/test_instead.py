"""What becomes of a crawl that is shown something else than the page."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from imagecrawler.budget import Budget
from imagecrawler.extraction import extract
from imagecrawler.items import Content, Element, Outcome, PageSnapshot, Rect, Target
from imagecrawler.jobs.attempt import Attempt, Seen
from imagecrawler.jobs.instead import instead_of_page
from imagecrawler.jobs.job import Job
from imagecrawler.rendering.render import RESTLESS, Rendered
from imagecrawler.rendering.verdict import PageVerdict

URL = "https://shop.example/p"
HERO = Element("img", "img", Rect(0, 0, 600, 600), attributes={"src": "/hero.jpg"})
EMPTY = PageSnapshot(URL, URL)
PAGE = replace(EMPTY, elements=(HERO,))
CHALLENGE = replace(EMPTY, content=Content(marks=("px-captcha",)))
LOGIN = replace(EMPTY, title="Sign in", content=Content(text="Sign in", passwords=1))


@pytest.fixture
def attempt() -> Attempt:
    return Attempt(Job(Target(URL, uuid4(), uuid4()), Budget(10)), load_images=False)


def _seen(attempt: Attempt, page: PageSnapshot, cut: str = "") -> PageVerdict | Seen | None:
    return instead_of_page(attempt, Rendered(page, cut=cut), extract(page), "")


def test_a_page_goes_on(attempt: Attempt) -> None:
    assert _seen(attempt, PAGE) is None


def test_a_challenge_is_asked_for_once(attempt: Attempt) -> None:
    verdict = _seen(attempt, CHALLENGE)
    assert isinstance(verdict, PageVerdict)
    assert (verdict.outcome, verdict.is_transient) == (Outcome.BLOCKED, False)


@pytest.mark.parametrize("page", [EMPTY, LOGIN])
def test_what_needs_its_images_is_judged_with_them(attempt: Attempt, page: PageSnapshot) -> None:
    assert _seen(attempt, page) is None
    assert isinstance(_seen(replace(attempt, load_images=True), page), PageVerdict)


def test_a_page_that_did_not_come_to_rest_may_have_shown_something_yet(attempt: Attempt) -> None:
    assert _seen(replace(attempt, load_images=True), EMPTY, RESTLESS) is None


def test_what_the_page_gave_before_is_kept(attempt: Attempt) -> None:
    again = replace(attempt, load_images=True, fallback=Rendered(PAGE))
    seen = _seen(again, CHALLENGE)
    assert isinstance(seen, Seen)
    assert seen.rendered.snapshot == PAGE
    assert "a challenge of HUMAN" in seen.rendered.cut


@pytest.mark.parametrize("before", [EMPTY, replace(EMPTY, content=Content(text="word " * 100))])
def test_what_was_nothing_before_is_nothing(attempt: Attempt, before: PageSnapshot) -> None:
    again = replace(attempt, load_images=True, fallback=Rendered(before))
    assert isinstance(_seen(again, LOGIN), PageVerdict)
