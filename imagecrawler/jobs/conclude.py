"""How a page's crawl ended, as far as rendering and download go."""

from __future__ import annotations

from dataclasses import replace

from imagecrawler.items import Outcome, PageItem, Reason
from imagecrawler.jobs.job import Job
from imagecrawler.rendering.render import STOPPED

EMPTY_PAGE = "no picture on the page; check in a browser that the URL shows the product"


def concluded(item: PageItem, job: Job, cut: str) -> PageItem:
    """Partial where the page (``cut`` says how) or its pictures were cut short, with the reason."""
    untried = [each for each in item.rejections if each.reason is Reason.OVER_BUDGET]
    if job.budget.called_off:
        cut = STOPPED
    elif untried and not cut:
        cut = f"{len(untried)} pictures were not fetched: {untried[0].detail}"
    if cut:
        return replace(item.ended(Outcome.PARTIAL, cut), complete=False)
    if not item.downloaded and not item.rejections:
        return item.ended(Outcome.FAILED, EMPTY_PAGE)
    return item


def without_page(job: Job, outcome: Outcome, detail: str) -> PageItem:
    """There is nothing of the page; a stop of the crawl explains that better than ``detail``."""
    reason = STOPPED if job.budget.called_off else detail
    return PageItem(job.target, job.id, outcome=outcome, detail=reason, complete=False)
