"""One request for a job's page, and what is seen of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

from imagecrawler.extraction import extract
from imagecrawler.items import ImageCandidate
from imagecrawler.jobs.job import Job
from imagecrawler.rendering.render import Rendered


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a page is asked for.

    ``fallback`` is what the page gave before it was asked for again, with images or because the
    browser died under it, which it did ``losses`` times. ``asked``: when, by ``perf_counter``.
    """

    job: Job
    load_images: bool
    fallback: Rendered | None = None
    losses: int = 0
    asked: float = field(default_factory=perf_counter)

    @property
    def seconds(self) -> float:
        """Since the page was asked for."""
        return perf_counter() - self.asked

    def seen(
        self,
        rendered: Rendered,
        candidates: Sequence[ImageCandidate],
        mark: str,
        have: Mapping[str, bytes],
    ) -> Seen:
        """The page as it is now."""
        return Seen(self.job, rendered, candidates, self.seconds, mark, have)

    def seen_before(self, cut: str) -> Seen | None:
        """What it gave before, ``cut`` short now; None where that is nothing."""
        if self.fallback is None:
            return None
        rendered = replace(self.fallback, cut=cut)
        return Seen(self.job, rendered, extract(rendered.snapshot), self.seconds)


@dataclass(frozen=True, slots=True)
class Seen:
    """A rendered page whose pictures are to be had.

    ``mark`` is its fingerprint, empty where it was not seen as a whole. ``have`` maps a URL to
    bytes that the browser has loaded.
    """

    job: Job
    rendered: Rendered
    candidates: Sequence[ImageCandidate]
    seconds: float
    mark: str = ""
    have: Mapping[str, bytes] = field(default_factory=dict)
