"""What one rule found in one place: addresses of one picture."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import NamedTuple

from imagecrawler.items import Element, Version


class Guess(IntEnum):
    """Width in pixels to sort an address by when nothing tells it.

    Only the order matters: a zoom address beats what is on display, what a lazy loader will
    show beats the ``src`` it stands in for, and all of them beat an address known to be a
    thumbnail (at most some 150 px).
    """

    THUMBNAIL = 100
    SHOWN = 200
    RESPONSIVE = 250
    LAZY = 300
    METADATA = 400
    ZOOM = 1000


class Weight(Enum):
    """Whether a record makes a picture by itself."""

    FULL = "full"
    FALLBACK = "fallback"
    SUPPLEMENT = "supplement"

    @property
    def only_adds(self) -> bool:
        """Whether it makes no picture of its own."""
        return self is Weight.SUPPLEMENT


class Found(NamedTuple):
    """Addresses of one picture, absolute, named in one place by one rule.

    ``place`` is the index of the element in ``PageSnapshot.elements``, None for metadata.
    Records with the same place and ``alternate`` tell of one picture; ``alternate`` names a
    further picture of the element (what it shows on hover, a second background layer).
    ``hidden``: the picture is not the one on display in the element's box. ``context`` tells what
    is known of a picture that has no place of its own; its box does not count.

    ``guesses`` are those of the versions one by one, where they differ. ``FALLBACK`` records
    count only where nothing else names any of their addresses, ``SUPPLEMENT`` ones only where
    something does.
    """

    versions: tuple[Version, ...]
    place: int | None = None
    guess: Guess = Guess.SHOWN
    alternate: str = ""
    hidden: bool = False
    context: Element | None = None
    weight: Weight = Weight.FULL
    guesses: tuple[Guess, ...] = ()
