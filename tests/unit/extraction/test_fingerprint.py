from dataclasses import replace
from importlib import import_module
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagecrawler.extraction import fingerprint
from imagecrawler.items import ImageCandidate, Rect, Version

BASE = "https://shop.example"
SIDES = st.floats(3, 2_000)
PATHS = st.text("abcdef", min_size=1, max_size=8).map(lambda name: f"/{name}.jpg")


@st.composite
def candidates(draw: st.DrawFn) -> list[ImageCandidate]:
    paths = draw(st.lists(PATHS, min_size=1, max_size=12, unique=True))
    return [
        ImageCandidate(
            tuple(Version(f"{BASE}{path}?w={w}", w) for w in draw(st.sets(st.integers(1, 9)))),
            ("img",),
            Rect(0, 0, draw(SIDES), draw(SIDES)),
            visible=True,
            alt=draw(st.text(max_size=5)),
            position=position,
        )
        for position, path in enumerate(paths)
    ]


def _jittered(candidate: ImageCandidate, random: Random) -> ImageCandidate:
    versions = random.sample(candidate.versions, len(candidate.versions))
    box = Rect(*(random.uniform(3, 2_000) for _ in range(4)))
    words = tuple(random.choices("xyz", k=3))
    return replace(
        candidate, versions=tuple(versions), rect=box, containers=words, siblings=len(words)
    )


def _beacon(random: Random) -> ImageCandidate:
    address = Version(f"https://ads.example/tr?{random.random()}")
    return ImageCandidate((address,), ("img",), Rect(0, 0, 1, 1), random.random() < 0.5)


@given(candidates(), st.randoms(use_true_random=False))
def test_nothing_that_jitters_counts(page: list[ImageCandidate], random: Random) -> None:
    again = [_jittered(each, random) for each in page]
    random.shuffle(again)
    assert fingerprint([*again, _beacon(random)], 10) == fingerprint(page, 10)


@given(candidates(), st.data())
def test_whatever_decides_the_outcome_counts(
    page: list[ImageCandidate], data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, len(page) - 1))
    one = page[number]
    others = [
        replace(one, versions=(*one.versions, Version(f"{BASE}/new.jpg"))),
        replace(one, alt=one.alt + "!"),
    ]
    marks = {fingerprint([*page[:number], each, *page[number + 1 :]], 10) for each in others}
    marks |= {fingerprint(page, 11), fingerprint([*page[:number], *page[number + 1 :]], 10)}
    assert len(marks - {fingerprint(page, 10)}) == 4


def test_the_order_on_the_page_counts() -> None:
    pair = [_at(0, "/a.jpg"), _at(1, "/b.jpg")]
    turned = [_at(0, "/b.jpg"), _at(1, "/a.jpg")]
    assert fingerprint(pair, 10) != fingerprint(turned, 10)


@pytest.mark.parametrize(
    ("first", "second", "visible", "is_same"),
    [
        ("/tr?ev=1", "/tr?ev=2", False, True),
        ("/tr?ev=1", "/rt?ev=1", False, False),
        ("/t.gif?ev=1", "/t.gif?ev=2", False, True),
        ("/tr?ev=1", "/tr?ev=2", True, False),
        ("/slide.jpg?v=1", "/slide.jpg?v=2", False, False),
    ],
)
def test_the_query_of_a_hidden_beacon_does_not_count(
    first: str, second: str, visible: bool, is_same: bool
) -> None:
    marks = [fingerprint([replace(_at(0, path), visible=visible)], 10) for path in (first, second)]
    assert (marks[0] == marks[1]) is is_same


def test_a_release_looks_at_every_page_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint([], 10)
    # the package's function has the module's name
    monkeypatch.setattr(import_module(fingerprint.__module__), "_release", lambda: "9.9")
    assert fingerprint([], 10) != before


def _at(position: int, path: str) -> ImageCandidate:
    box = Rect(0, 0, 0, 0)
    return ImageCandidate((Version(BASE + path),), ("img",), box, position=position)
