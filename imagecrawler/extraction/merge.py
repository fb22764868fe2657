"""Records of all rules into candidates: one per picture, best address first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from imagecrawler.extraction.clusters import Clusters
from imagecrawler.extraction.found import Found
from imagecrawler.extraction.views import Address, View, views_of
from imagecrawler.items import Element, ImageCandidate, Rect, Version

# So many elements with one src and nothing else in common: the src is a stand-in.
SHARED_PLACEHOLDER = 3
_NO_ELEMENT = Element(tag="", path="", rect=Rect(0, 0, 0, 0))


def merge(
    elements: Sequence[Element], found: Iterable[tuple[str, Found]]
) -> tuple[ImageCandidate, ...]:
    """Join what shares an address or is a size of one picture.

    ``found`` pairs each record with its rule's name.
    """
    views = views_of(elements, found)
    for view in views:
        view.drop_placeholders()
    _mark_shared_placeholders(views)
    for view in views:
        view.drop_placeholders()
    groups = _joined(views)
    return tuple(_candidate(group, position) for position, group in enumerate(groups))


def _mark_shared_placeholders(views: list[View]) -> None:
    """Mark a ``src`` shared by elements whose further addresses tell of different pictures.

    A file name need not betray a stand-in; that unrelated lazy images start from it does.
    """
    clusters = Clusters([view.place for view in views])
    first: dict[str, int] = {}
    users: defaultdict[str, list[int]] = defaultdict(list)
    for number, view in enumerate(views):
        for key, address in view.addresses.items():
            if not address.only_src:
                clusters.join(first.setdefault(address.picture, number), number)
            elif len(view.addresses) > 1:
                users[key].append(number)
    for key, numbers in users.items():
        if len({clusters.find(number) for number in numbers}) >= SHARED_PLACEHOLDER:
            for number in numbers:
                views[number].addresses[key].placeholder = True


def _joined(views: list[View]) -> list[list[View]]:
    """Groups of views that share pictures, in order of their first views.

    Where joining would glue two pictures of one element, the shared one stays with the view that
    names nothing else besides, else with the first.
    """
    clusters = Clusters([view.place for view in views])
    namers: defaultdict[str, list[int]] = defaultdict(list)
    for number, view in enumerate(views):
        for key in view.pictures:
            namers[key].append(number)
    for key, numbers in namers.items():
        owner = min(numbers, key=lambda number: len(views[number].pictures) > 1)
        for number in numbers:
            if not clusters.join(owner, number):
                views[number].give(views[owner], (key,))
    groups: defaultdict[int, list[View]] = defaultdict(list)
    for number, view in enumerate(views):
        if view.addresses:
            groups[clusters.find(number)].append(view)
    return list(groups.values())


def _candidate(group: list[View], position: int) -> ImageCandidate:
    best = max(group, key=lambda view: (view.visible, view.area))
    alternatives = (_alternative_text(view.element) for view in [best, *group])
    sources = dict.fromkeys(rule for view in group for rule in view.rules)
    element = best.element or _NO_ELEMENT
    return ImageCandidate(
        versions=_ranked(group),
        sources=tuple(sources),
        rect=best.element.rect if best.element else None,
        visible=best.visible,
        alt=next(filter(None, alternatives), ""),
        heading=element.heading,
        caption=element.caption,
        text=element.text,
        link=element.link,
        path=element.path,
        containers=element.containers,
        siblings=element.siblings,
        position=position,
    )


def _alternative_text(element: Element | None) -> str:
    if element is None:
        return ""
    return element.attributes.get("alt", "") or element.attributes.get("aria-label", "")


def _ranked(group: list[View]) -> tuple[Version, ...]:
    """The distinct addresses of a group: widest first, then by document order."""
    best: dict[str, Address] = {}
    for view in group:
        for key, address in view.addresses.items():
            known = best.get(key)
            if known is None or address.rank > known.rank:
                best[key] = address
    ranked = sorted(best.values(), key=lambda address: address.rank, reverse=True)
    return tuple(address.version for address in ranked)
