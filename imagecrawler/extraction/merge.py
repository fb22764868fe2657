"""Records of all rules into candidates: one per picture, best address first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from operator import attrgetter

from imagecrawler.extraction.clusters import Clusters
from imagecrawler.extraction.found import Found, Weight
from imagecrawler.extraction.urls import identity
from imagecrawler.extraction.views import View, views_of
from imagecrawler.items import AMPLE_SIDE, Element, ImageCandidate, Origin, Rect, Version

# So many elements with one src and nothing else in common: the src is a stand-in.
SHARED_PLACEHOLDER = 3
# A sprite is named a thousand times.
MAX_ORIGINS = 50
_NO_ELEMENT = Element(tag="", path="", rect=Rect(0, 0, 0, 0))


def merge(
    elements: Sequence[Element],
    found: Iterable[tuple[str, Found]],
    window: tuple[int, int] = (0, 0),
) -> tuple[ImageCandidate, ...]:
    """Join what shares an address or is a size of one picture.

    ``found`` pairs each record with its rule's name; ``window`` is the viewport's size.
    """
    views = views_of(elements, _weighed(list(found)))
    for view in views:
        view.drop_placeholders()
    for view in _with_shared_placeholder(views):
        view.drop_placeholders()
    groups = _joined(views)
    return tuple(_candidate(group, position, window) for position, group in enumerate(groups))


def _weighed(found: list[tuple[str, Found]]) -> list[tuple[str, Found]]:
    """Without the records that do not count beside the others."""
    full = [record for _, record in found if record.weight is Weight.FULL]
    if len(full) == len(found):
        return found
    named = {identity(version.url) for record in full for version in record.versions}

    def counts(record: Found) -> bool:
        is_named = any(identity(version.url) in named for version in record.versions)
        return record.weight is Weight.FULL or is_named == (record.weight is Weight.SUPPLEMENT)

    return [(rule, record) for rule, record in found if counts(record)]


def _with_shared_placeholder(views: list[View]) -> list[View]:
    """Mark a ``src`` shared by elements whose further addresses tell of different pictures.

    A file name need not betray a stand-in; that unrelated lazy images start from it does.
    """
    users = _sharing_src(views)
    if not users:
        return []
    clusters = Clusters(_owners(views))
    first: dict[str, int] = {}
    for number, view in enumerate(views):
        for address in view.addresses.values():
            if not address.only_src:
                clusters.join(first.setdefault(address.picture, number), number)
    marked: dict[int, None] = {}
    for key, numbers in users.items():
        if len({clusters.find(number) for number in numbers}) >= SHARED_PLACEHOLDER:
            for number in numbers:
                views[number].addresses[key].placeholder = True
            marked.update(dict.fromkeys(numbers))
    return [views[number] for number in marked]


def _sharing_src(views: Sequence[View]) -> dict[str, list[int]]:
    """The views that have an address which is nothing but a ``src``, and others besides."""
    users: defaultdict[str, list[int]] = defaultdict(list)
    for number, view in enumerate(views):
        if len(view.addresses) > 1:
            for key, address in view.addresses.items():
                if address.only_src:
                    users[key].append(number)
    return {key: numbers for key, numbers in users.items() if len(numbers) >= SHARED_PLACEHOLDER}


def _owners(views: Sequence[View]) -> list[int | None]:
    """Of each view the element, where that shows several pictures, which no union may join."""
    counts = Counter(view.place for view in views)
    return [view.place if counts[view.place] > 1 else None for view in views]


def _joined(views: list[View]) -> list[list[View]]:
    """Groups of views that share pictures, in order of their first views.

    Where joining would glue two pictures of one element, the shared one stays with the view that
    names nothing else besides, else with the first.
    """
    clusters = Clusters(_owners(views))
    for key, numbers in _shared_pictures(views):
        owner = next((each for each in numbers if len(views[each].pictures) < 2), numbers[0])
        for number in numbers:
            if not clusters.join(owner, number):
                views[number].give(views[owner], (key,))
    groups: defaultdict[int, list[View]] = defaultdict(list)
    for number, view in enumerate(views):
        if view.addresses:
            groups[clusters.find(number)].append(view)
    return list(groups.values())


def _shared_pictures(views: list[View]) -> list[tuple[str, list[int]]]:
    """Those that several views have, each with the views' numbers."""
    namers: defaultdict[str, list[int]] = defaultdict(list)
    for number, view in enumerate(views):
        for key in view.pictures:
            namers[key].append(number)
    return [(key, numbers) for key, numbers in namers.items() if len(numbers) > 1]


def _candidate(group: list[View], position: int, window: tuple[int, int]) -> ImageCandidate:
    best = group[0]
    if len(group) > 1:
        best = max(group, key=lambda view: (view.visible, _side_shown(view, window)))
    contexts = [view.context for view in (best, *group) if view.context]
    origins = dict.fromkeys([origin for view in group for origin in view.rules])
    context = best.context or _NO_ELEMENT
    return ImageCandidate(
        versions=_ranked(group),
        sources=tuple(dict.fromkeys([rule for rule, _ in origins])),
        rect=best.element.rect if best.element else None,
        visible=best.visible,
        alt=_first(contexts, "alt", "aria-label"),
        heading=context.heading,
        caption=context.caption,
        text=context.text,
        link=context.link,
        path=context.path,
        containers=context.containers,
        siblings=context.siblings,
        position=position,
        place=best.place,
        title=_first(contexts, "title"),
        origins=tuple(map(Origin._make, origins))[:MAX_ORIGINS],
        seen=best.visible or any(view.seen for view in group),
        covered=best.visible and context.covered,
    )


def _side_shown(view: View, window: tuple[int, int]) -> float:
    """CSS pixels of the mean side, ample at most, as far as the window has room for the box.

    A copy that is larger than the window is a magnifier's; a slide that waits beside it counts
    half, as much more than its thumbnail.
    """
    box = view.element.rect if view.element else None
    if box is None:
        return 0.0
    side = min(AMPLE_SIDE, float(max(0.0, box.area) ** 0.5))
    if 0 <= box.x <= window[0] - box.width and box.height <= window[1]:
        return side  # as most do
    across, down = box.share_of((window[0], 0)), box.share_of((0, window[1]))
    return side * max(0.5, across) * down


def _first(contexts: Iterable[Element], *attributes: str) -> str:
    """The first text that any of the attributes has, in the order of the elements."""
    for context in contexts:
        for name in attributes:
            if text := context.attributes.get(name, ""):
                return text
    return ""


def _ranked(group: list[View]) -> tuple[Version, ...]:
    """The distinct addresses of a group: widest first, then by document order."""
    best = dict(group[0].addresses)
    for view in group[1:]:
        for key, address in view.addresses.items():
            known = best.get(key)
            if known is None or address.rank > known.rank:
                best[key] = address
    ranked = sorted(best.values(), key=attrgetter("rank"), reverse=True)
    return tuple([address.version for address in ranked])
