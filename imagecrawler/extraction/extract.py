"""A page snapshot in, its image candidates out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from imagecrawler.extraction.found import Found
from imagecrawler.extraction.merge import merge
from imagecrawler.extraction.rules import RULES, Rule
from imagecrawler.items import ImageCandidate, PageSnapshot


def extract(
    snapshot: PageSnapshot, rules: Sequence[tuple[str, Rule]] = RULES
) -> tuple[ImageCandidate, ...]:
    """Every picture of the page, once, in document order; those only metadata names come last.

    All addresses are absolute http(s) URLs and no address belongs to two candidates. Wild input
    is skipped, never raised.
    """
    documents = (snapshot, *snapshot.frames)
    elements = tuple(chain.from_iterable(document.elements for document in documents))
    return merge(elements, _found(documents, rules), snapshot.viewport)


def _found(
    documents: Sequence[PageSnapshot], rules: Sequence[tuple[str, Rule]]
) -> Iterator[tuple[str, Found]]:
    """What the rules find in each of the documents; places count on through all of them."""
    for name, find in rules:
        before = 0
        for document in documents:
            for record in find(document):
                if before and record.place is not None:
                    record = record._replace(place=record.place + before)
                yield name, record
            before += len(document.elements)
