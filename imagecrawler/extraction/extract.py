"""A page snapshot in, its image candidates out."""

from __future__ import annotations

from imagecrawler.extraction.merge import merge
from imagecrawler.extraction.rules import RULES
from imagecrawler.items import ImageCandidate, PageSnapshot


def extract(snapshot: PageSnapshot) -> tuple[ImageCandidate, ...]:
    """Every picture of the page, once, in document order; those only metadata names come last.

    All addresses are absolute http(s) URLs and no address belongs to two candidates. Wild input
    is skipped, never raised.
    """
    found = [(name, record) for name, find in RULES for record in find(snapshot)]
    return merge(snapshot.elements, found)
