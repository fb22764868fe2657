"""Pages that answer 200 and are no sales page: what a site shows in its place.

A false alarm costs a campaign its pictures, a miss a picture or two that nobody wanted: no rule
goes by a single sign, and what has something for sale is a sales page whatever its words are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from imagecrawler.extraction import stand_in_words as words
from imagecrawler.extraction.evidence import Evidence
from imagecrawler.items import ImageCandidate, Outcome, PageSnapshot

#: By what the challenge of a protection is told from the script it has on every page of a site:
#: in addresses, beginnings of inline scripts, names of elements.
CHALLENGES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("Cloudflare", re.compile(r"_cf_chl_opt|/cdn-cgi/challenge-platform/h/\w+/orchestrate")),
    ("Akamai", re.compile(r"sec-if-cpt|sec-cpt-if|/_sec/cp_challenge|[?&]bm-verify=")),
    ("DataDome", re.compile(r"(?:ct|geo)\.captcha-delivery\.com")),
    ("HUMAN (PerimeterX)", re.compile(r"px-captcha|captcha\.px-c|/captcha\.js\?a=c\b")),
    ("Imperva", re.compile(r"_Incapsula_Resource\?\S*(?:SWUDNSAI|CWUDNSAI|incident_id)=")),
    ("AWS WAF", re.compile(r"window\.gokuProps|AwsWafIntegration\.(?:save|force|check)")),
    ("Kasada", re.compile(r"/ips\.js\?")),
    ("Amazon", re.compile(r"/errors/validateCaptcha")),
)
_CAPTCHA = re.compile(r"recaptcha|h-?captcha|turnstile|geetest|funcaptcha|arkose|captcha", re.I)
_LOGIN_PATH = re.compile(r"/(?:log-?in|sign-?in|auth|sso|account/login|customer/account)\b")
_INCIDENT = re.compile(
    r"reference\s*#|(?:incident|ray|request|support|event|error) id|permission to access|automated"
)

LET_US_IN = "ask the site's owner to let the crawler through"


class StandIn(NamedTuple):
    """What is shown in place of a sales page, with the remedy, and the job's outcome by that."""

    outcome: Outcome
    detail: str


class Rule(NamedTuple):
    """``sees`` names what it sees, or is empty. ``at_once``: without waiting for the images."""

    outcome: Outcome
    sees: Callable[[Evidence], str]
    remedy: str
    at_once: bool = False


def _challenge(page: Evidence) -> str:
    if not page.is_bare:
        return ""
    names = (name for name, mark in CHALLENGES if mark.search(page.traces))
    name = next(names, page.announced)
    return f"a challenge of {name}" if name else ""


def _captcha(page: Evidence) -> str:
    shown = _CAPTCHA.search("\n".join(page.snapshot.content.marks))
    return "a captcha" if shown and page.is_bare and _notes(page, words.HUMAN) else ""


def _denial(page: Evidence) -> str:
    told = _any(words.DENIED, page.title, page.heading)
    certain = page.pictures == 0 or _INCIDENT.search(page.text)
    return "a refusal" if told and page.is_bare and certain else ""


def _login(page: Evidence) -> str:
    asks = _any(words.LOGIN, page.title, page.heading) or _LOGIN_PATH.search(page.path)
    wanted = page.snapshot.content.passwords and asks and page.pictures <= 1
    return "a login" if wanted and not page.sells else ""


def _region(page: Evidence) -> str:
    english = any(map(words.NOT_IN_REGION.search, (page.title, page.heading, page.text)))
    told = _notes(page, words.REGION) or (english and page.pictures == 0)
    return "that it does not sell to our country" if told and page.is_bare else ""


def _age(page: Evidence) -> str:
    told = page.pictures == 0 and _notes(page, words.AGE)
    return "an age gate that no click opens" if told and page.is_bare else ""


def _not_found(page: Evidence) -> str:
    titled, headed = (_any(words.NOT_FOUND, each) for each in (page.title, page.heading))
    numbered = "404" in f"{page.title} {page.heading}" and _any(words.NOT_FOUND, page.text)
    noted = (titled or headed or numbered) and page.is_bare and page.pictures == 0
    told = (titled and headed) or noted
    return "that there is no such page" if told and not page.sells else ""


def _empty(page: Evidence) -> str:
    return "an empty page" if page.is_empty else ""


RULES: tuple[Rule, ...] = (
    Rule(Outcome.BLOCKED, _challenge, LET_US_IN, at_once=True),
    Rule(Outcome.BLOCKED, _captcha, LET_US_IN),
    Rule(Outcome.BLOCKED, _denial, LET_US_IN),
    Rule(Outcome.BLOCKED, _login, "give the address of a page that needs none"),
    Rule(Outcome.BLOCKED, _region, "crawl from a country that it sells to"),
    Rule(Outcome.BLOCKED, _age, "give the address of a page behind it"),
    Rule(Outcome.FAILED, _not_found, "check the URL"),
    Rule(Outcome.FAILED, _empty, "see in a browser whether its scripts show anything"),
)


def stand_in(
    snapshot: PageSnapshot,
    candidates: Sequence[ImageCandidate],
    *,
    announced: str = "",
    final: bool = True,
    whole: bool = True,
) -> StandIn | None:
    """None of what may be a sales page.

    ``announced``: the protection that the answer's headers name. ``final``: the page is not going
    to be rendered again with its images, without which some show nothing. ``whole``: it was seen
    until it came to rest.
    """
    page = Evidence(snapshot, candidates, announced, whole)
    for rule in RULES:
        if (final or rule.at_once) and (seen := rule.sees(page)):
            return StandIn(rule.outcome, f"the site shows {seen}{_quoted(snapshot)}; {rule.remedy}")
    return None


def _notes(page: Evidence, phrases: Sequence[str]) -> bool:
    """In its title or heading, or, where it shows no picture, in its text."""
    return _any(phrases, page.title, page.heading) or (
        page.pictures == 0 and _any(phrases, page.text)
    )


def _any(phrases: Sequence[str], *texts: str) -> bool:
    return any(phrase in text for text in texts for phrase in phrases)


def _quoted(snapshot: PageSnapshot) -> str:
    name = " ".join((snapshot.title or snapshot.heading).split())
    return f" ({name[:60]!r})" if name else ""
