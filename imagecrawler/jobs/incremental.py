"""A page that is crawled again: whether its pictures need to be looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from imagecrawler.items import KnownPage, PageItem
from imagecrawler.jobs.job import Job
from imagecrawler.rendering.render import Rendered

#: Bytes may change behind an address that stays: after so long each is asked for.
LOOK_AGAIN = timedelta(days=7)


def is_unchanged(known: KnownPage | None, mark: str, now: datetime) -> bool:
    """Whether a crawl would end as the last one did; ``mark`` is the page's fingerprint now."""
    if known is None or known.verified_at is None or not known.intact:
        return False
    return known.fingerprint == mark and now - known.verified_at < LOOK_AGAIN


def unchanged_page(job: Job, rendered: Rendered, mark: str, seconds: float) -> PageItem | None:
    """The end of the job after ``seconds`` of rendering, or None where it has to go on."""
    if rendered.cut or not is_unchanged(job.known, mark, datetime.now(UTC)):
        return None
    return PageItem(
        job.target,
        job.id,
        title=rendered.snapshot.title,
        timings={"render": seconds},
        fingerprint=mark,
        unchanged=True,
    )
