"""One picture as one element names it, before pages' repetitions are joined."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from imagecrawler.extraction.found import Found, Guess
from imagecrawler.extraction.told import told_by
from imagecrawler.items import Element, Version

# a member of an enumeration costs a call each time
_THUMBNAIL, _ZOOM = Guess.THUMBNAIL, Guess.ZOOM


@dataclass(slots=True)
class Address:
    """A version with what ranks it; ``only_src`` while no rule but ``img`` has named it.

    ``picture`` is what its other sizes have in common with it (:func:`upgrades.picture_key`).
    """

    version: Version
    picture: str
    rank: tuple[float, int]
    placeholder: bool
    only_src: bool


@dataclass(slots=True)
class View:
    """Everything the rules found for one picture of one element, or of one metadata entry.

    ``addresses`` are keyed by :func:`urls.identity`; ``rules`` is an ordered set of the rules and
    the paths at which they found it. ``context`` is ``element``, or what is known without one.
    ``visible``: a shopper sees this picture here; ``seen``: did at some time.
    """

    place: int | None
    element: Element | None
    hidden: bool
    context: Element | None = None
    rules: dict[tuple[str, str], None] = field(default_factory=dict)
    addresses: dict[str, Address] = field(default_factory=dict)
    visible: bool = False
    seen: bool = False

    def __post_init__(self) -> None:
        if self.element is not None:
            self.visible = self.element.visible and not self.hidden
            self.seen = self.element.seen and not self.hidden

    def add(self, rule: str, found: Found) -> None:
        """Take over one record; an address named twice keeps its better rank."""
        context = found.context or self.context
        self.rules[rule, context.path if context else ""] = None
        is_src, guess = rule == "img", found.guess
        for number, version in enumerate(found.versions):
            told = told_by(version.url)
            if found.guesses:
                guess = found.guesses[number]
            rank = (version.width or told.width or self._guessed(guess), guess)
            known = self.addresses.get(told.key)
            if known is None:
                address = Address(version, told.picture, rank, told.placeholder, is_src)
                self.addresses[told.key] = address
                continue
            known.only_src = known.only_src and is_src
            known.rank = max(known.rank, rank)
            if version.width > known.version.width:
                known.version = version

    def _guessed(self, guess: Guess) -> float:
        """Pixels, where neither page nor address tells them."""
        if self.element is None or guess is _THUMBNAIL:
            return guess
        box = self.element.rect.width
        # a zoom is for more than what a screen of double density is given, whose width this ties
        return max(guess, 2 * box + 1 if guess is _ZOOM else box)

    @property
    def pictures(self) -> dict[str, None]:
        """What its addresses are sizes of, in order; several where only the page knows better."""
        return {entry.picture: None for entry in self.addresses.values()}

    def give(self, other: View, pictures: Collection[str]) -> None:
        """Leave all sizes of these pictures to another view."""
        given = [key for key, entry in self.addresses.items() if entry.picture in pictures]
        for key in given:
            other.addresses.setdefault(key, self.addresses.pop(key))

    def drop_placeholders(self) -> None:
        """Forget the stand-ins, unless they are all there is."""
        if len(self.addresses) < 2:
            return
        real = {key: entry for key, entry in self.addresses.items() if not entry.placeholder}
        self.addresses = real or self.addresses


def views_of(elements: Sequence[Element], found: Iterable[tuple[str, Found]]) -> list[View]:
    """Records (each with its rule's name) by picture: document order, metadata last.

    No two pictures of an element share one, in whatever size: the main one has the first claim.
    """
    views: dict[tuple[int, str], View] = {}
    for rule, record in found:
        place = record.place
        element = None if place is None else elements[place]
        key = (len(elements) + len(views), "") if place is None else (place, record.alternate)
        view = views.get(key)
        if view is None:
            context = element or record.context
            view = views[key] = View(place, element, record.hidden, context)
        view.add(rule, record)
    for (number, alternate), view in views.items():
        main = views.get((number, "")) if alternate else None
        if main:
            view.give(main, main.pictures)
    ordered = (views[key] for key in sorted(views))
    return [view for view in ordered if view.addresses]
