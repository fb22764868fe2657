"""What is different about the pictures of a page since it was crawled before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from imagecrawler.items import PageItem, StoredImage

#: added, changed, removed and returned: lists of {id, url}; unchanged: whether the page was
#: recognised, so that no picture was looked at. A changed one has the ``previous_id`` besides.
Changes = dict[str, Any]

#: Entries of a list; the others have no more than a crawl may save.
MOST: Final = 100

UNCHANGED: Final[Changes] = {
    **{name: [] for name in ("added", "changed", "removed", "returned")},
    "unchanged": True,
}


@dataclass(frozen=True, slots=True)
class EarlierImage:
    """The row of a picture that the page had; ``missing`` since some crawl, or present."""

    id: UUID
    url: str | None
    sha256: str | None
    key: str
    details: dict[str, Any]
    missing: bool


def diff(earlier: Sequence[EarlierImage], item: PageItem, gone: Collection[UUID]) -> Changes:
    """``earlier`` is from before the page was saved, ``gone`` what has just got missing_since."""
    rows = {each.sha256: each for each in earlier}
    replaced = _replaced(earlier, item)
    changes: Changes = {"added": [], "changed": [], "returned": []}
    for each in item.stored:
        row, previous = rows.get(each.scored.sha256), replaced.get(each.scored.url)
        if previous is not None:
            changes["changed"].append(_entry(each) | {"previous_id": str(previous.id)})
        elif row is None:
            changes["added"].append(_entry(each))
        elif row.missing:
            changes["returned"].append(_entry(each))
    left = set(gone) - {each.id for each in replaced.values()}
    removed = [{"id": str(each.id), "url": each.url} for each in earlier if each.id in left]
    return changes | {"removed": removed[:MOST], "unchanged": False}


def _replaced(earlier: Sequence[EarlierImage], item: PageItem) -> dict[str, EarlierImage]:
    """By address: what was there until now, where the address now gives other bytes."""
    now = {each.scored.sha256 for each in item.stored}
    addresses = {each.scored.url for each in item.stored}
    return {
        each.url: each
        for each in earlier
        if each.url in addresses and not each.missing and each.sha256 not in now
    }


def _entry(stored: StoredImage) -> dict[str, str | None]:
    return {"id": str(stored.id) if stored.id else None, "url": stored.scored.url}
