"""How a page's crawl ended, as far as rendering and download go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from imagecrawler.items import Outcome, PageItem, Reason
from imagecrawler.jobs.job import Job
from imagecrawler.rendering.render import STOPPED
from imagecrawler.rendering.verdict import PageVerdict

EMPTY_PAGE = "no picture on the page; check in a browser that the URL shows the product"


def concluded(item: PageItem, job: Job, cut: str) -> PageItem:
    """Partial where the page (``cut`` says how) or its pictures were cut short, with the reason."""
    reasons = [STOPPED] if job.budget.called_off else [*_cuts(item, cut)]
    if reasons:
        return replace(item.ended(Outcome.PARTIAL, "; ".join(reasons)), complete=False)
    if not item.downloaded and not item.rejections:
        return item.ended(Outcome.FAILED, EMPTY_PAGE)
    return item


def _cuts(item: PageItem, cut: str) -> Iterator[str]:
    if cut:
        yield cut
    if item.snapshot:
        yield from item.snapshot.cut
    untried = [each for each in item.rejections if each.reason is Reason.OVER_BUDGET]
    if untried:
        yield f"{len(untried)} pictures were not fetched: {untried[0].detail}"


def without_page(job: Job, verdict: PageVerdict) -> PageItem:
    """There is nothing of the page; a stop of the crawl explains that better than the verdict.

    Where another attempt may help and the job has one left, the item says when.
    """
    item = PageItem(job.target, job.id, outcome=verdict.outcome, complete=False)
    if job.budget.called_off:
        return replace(item, detail=STOPPED)
    wait = _wait(job, verdict)
    detail = _tried(job, verdict, wait)
    return replace(item, detail=detail, retry_in=wait, was_asked=verdict.was_asked)


def _wait(job: Job, verdict: PageVerdict) -> float | None:
    if verdict.was_asked:
        return job.retry.wait(job.attempt, verdict.retry_after) if verdict.is_transient else None
    turn = verdict.retry_after or 0.0
    return turn if turn <= job.retry.longest else None


def _tried(job: Job, verdict: PageVerdict, wait: float | None) -> str:
    if not verdict.was_asked:
        return verdict.detail
    if wait is not None:
        following = f"attempt {job.attempt + 1} of {job.retry.attempts} in {wait:.0f} s"
        return f"{verdict.detail}; {following}"
    if verdict.retry_after:
        return f"{verdict.detail}; it asks to be left alone for {verdict.retry_after:.0f} s"
    return f"{verdict.detail}, {job.attempt} times" if job.attempt > 1 else verdict.detail
