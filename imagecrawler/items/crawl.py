"""A page that is asked for, on its way through the pipelines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from imagecrawler.items.images import DownloadedImage, Rejection, ScoredImage, StoredImage
from imagecrawler.items.page import PageSnapshot


class Outcome(StrEnum):
    """How a job ended.

    partial: something was saved, or could have been, but not everything that was tried.
    blocked: the site refused us (robots.txt, 401/403/429, a challenge, a login, a region wall).
    """

    SUCCEEDED = "succeeded"
    PARTIAL = "partial"
    BLOCKED = "blocked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Target:
    """What to crawl and for whom. ``max_images`` is 1 to 50."""

    url: str
    campaign_id: UUID
    user_id: UUID
    max_images: int = 10


@dataclass(frozen=True, slots=True)
class PageItem:
    """One page on its way through the pipelines; each stage fills its own field.

    ``timings`` are wall seconds by stage. ``detail`` says in one line why the outcome is not
    ``succeeded``. ``complete`` is False where parts of the page were not seen, or pictures not
    tried, so that what is missing need not be gone. ``fingerprint`` stands for what the page
    names; ``unchanged``: for what it named before, and no picture was looked at. ``screenshot``
    is a JPEG of the whole page, only on request. ``retry_in``: the page is asked for again after
    so many seconds and the job goes on; None: this is its end. ``may_retry_in`` says when that
    would be, should a pipeline have to wait for a store or a database. ``was_asked`` is False
    where the page was not even asked for, so that it was no attempt.
    """

    target: Target
    job_id: UUID
    outcome: Outcome = Outcome.SUCCEEDED
    detail: str = ""
    title: str = ""
    snapshot: PageSnapshot | None = field(default=None, repr=False)
    downloaded: tuple[DownloadedImage, ...] = ()
    scored: tuple[ScoredImage, ...] = ()
    stored: tuple[StoredImage, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    complete: bool = True
    fingerprint: str = ""
    unchanged: bool = False
    screenshot: bytes | None = field(default=None, repr=False)
    retry_in: float | None = None
    may_retry_in: float | None = None
    was_asked: bool = True

    @property
    def found(self) -> int:
        """Every distinct picture the page had, once the pipelines are through: kept or rejected."""
        return len(self.stored) + len(self.rejections)

    def advance(self, stage: str, seconds: float, **changes: Any) -> PageItem:
        """The item after ``stage``, which took ``seconds`` of wall time."""
        return replace(self, timings={**self.timings, stage: seconds}, **changes)

    def ended(self, outcome: Outcome, detail: str) -> PageItem:
        """The item with a worse outcome; the first reason of the same outcome stays."""
        if self.outcome is outcome and self.detail:
            return self
        return replace(self, outcome=outcome, detail=detail)
