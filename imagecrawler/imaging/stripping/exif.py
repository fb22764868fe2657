"""The one thing in a picture's EXIF data that is needed to show it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

_ORIENTATION = 0x0112
_SHORT = 3
_MAX_ENTRIES = 512


def orientation(tiff: bytes) -> int:
    """1 to 8 (EXIF 2.32, 4.6.4); 1 where there is none, or none that can be read."""
    order = _byte_order(tiff)
    if order is None:
        return 1
    start = int.from_bytes(tiff[4:8], order)
    count = int.from_bytes(tiff[start : start + 2], order)
    for number in range(min(count, _MAX_ENTRIES)):
        entry = tiff[start + 2 + 12 * number : start + 14 + 12 * number]
        if len(entry) == 12 and int.from_bytes(entry[:2], order) == _ORIENTATION:
            value = int.from_bytes(entry[8:10], order)
            return value if 1 <= value <= 8 else 1
    return 1


def _byte_order(tiff: bytes) -> Literal["big", "little"] | None:
    return {b"II*\x00": "little", b"MM\x00*": "big"}.get(tiff[:4])  # type: ignore[return-value]


def only_orientation(tiff: bytes) -> Iterator[bytes]:
    """A TIFF block that holds nothing else; none where the picture stands upright anyway."""
    value = orientation(tiff)
    if value != 1:
        tag, kind = _ORIENTATION.to_bytes(2, "big"), _SHORT.to_bytes(2, "big")
        entry = tag + kind + b"\x00\x00\x00\x01" + value.to_bytes(2, "big") + b"\x00\x00"
        yield b"MM\x00*\x00\x00\x00\x08\x00\x01" + entry + b"\x00\x00\x00\x00"
