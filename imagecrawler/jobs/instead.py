"""What a crawl makes of a page that the site shows in the sales page's place."""

from __future__ import annotations

from collections.abc import Sequence

from imagecrawler.extraction import needs_images, stand_in
from imagecrawler.items import ImageCandidate
from imagecrawler.jobs.attempt import Attempt, Seen
from imagecrawler.rendering.render import Rendered
from imagecrawler.rendering.verdict import PageVerdict


def instead_of_page(
    attempt: Attempt, rendered: Rendered, candidates: Sequence[ImageCandidate], challenge: str
) -> PageVerdict | Seen | None:
    """None where ``rendered`` may be the page. ``challenge``: whose the answer's headers name.

    Else what the page gave before it was asked for again, with images, or the verdict.
    """
    snapshot, whole = rendered.snapshot, not rendered.cut
    final = attempt.load_images or not needs_images(snapshot, candidates)
    found = stand_in(snapshot, candidates, announced=challenge, final=final, whole=whole)
    if found is None:
        return None
    before = attempt.seen_before(found.detail)
    if before and before.candidates and not stand_in(before.rendered.snapshot, before.candidates):
        return before
    return PageVerdict(found.outcome, found.detail)
