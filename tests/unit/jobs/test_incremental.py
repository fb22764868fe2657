from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from imagecrawler.budget import Budget
from imagecrawler.items import KnownPage, PageSnapshot, Target
from imagecrawler.jobs.incremental import LOOK_AGAIN, is_unchanged, unchanged_page
from imagecrawler.jobs.job import Job
from imagecrawler.rendering.render import Rendered

NOW = datetime(2026, 3, 14, tzinfo=UTC)
KNOWN = KnownPage("mark", NOW - timedelta(days=1), intact=True)
RENDERED = Rendered(PageSnapshot("https://shop.example/p", "https://shop.example/p", title="Mug"))


def test_a_page_that_names_what_it_named_is_unchanged() -> None:
    assert is_unchanged(KNOWN, "mark", NOW)


@pytest.mark.parametrize(
    "known",
    [
        None,
        replace(KNOWN, fingerprint="other"),
        replace(KNOWN, fingerprint=None),
        replace(KNOWN, intact=False),
        replace(KNOWN, verified_at=None),
        replace(KNOWN, verified_at=NOW - LOOK_AGAIN),
    ],
)
def test_every_doubt_is_a_reason_to_look(known: KnownPage | None) -> None:
    assert not is_unchanged(known, "mark", NOW)


@pytest.fixture
def job() -> Job:
    target = Target("https://shop.example/p", UUID(int=1), UUID(int=2))
    known = replace(KNOWN, verified_at=datetime.now(UTC))
    return Job(target, Budget(10), incremental=True, known=known)


def test_an_unchanged_page_ends_its_job(job: Job) -> None:
    item = unchanged_page(job, RENDERED, "mark", 1.5)
    assert item is not None
    assert (item.job_id, item.unchanged, item.timings) == (job.id, True, {"render": 1.5})


def test_a_page_that_was_cut_is_looked_at(job: Job) -> None:
    assert unchanged_page(job, replace(RENDERED, cut="restless"), "mark", 1.5) is None
