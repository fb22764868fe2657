"""What one rule found in one place: addresses of one picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from imagecrawler.items import Version


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


@dataclass(frozen=True, slots=True)
class Found:
    """Addresses of one picture, absolute, named in one place by one rule.

    ``place`` is the index of the element in ``PageSnapshot.elements``, None for metadata.
    Records with the same place and ``alternate`` tell of one picture; ``alternate`` names a
    further picture of the element (what it shows on hover, a second background layer).
    ``hidden``: the picture is not the one on display in the element's box.
    """

    versions: tuple[Version, ...]
    place: int | None = None
    guess: Guess = Guess.SHOWN
    alternate: str = ""
    hidden: bool = False
