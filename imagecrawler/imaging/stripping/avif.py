"""AVIF (ISO/IEC 23008-12): items other than the picture are emptied where they lie.

Offsets lead from the front of the file into its middle, so that nothing may move.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from imagecrawler.imaging.stripping.steps import Steps

#: An EXIF block (after four bytes that say where it begins) that holds nothing.
_NO_EXIF = b"\x00\x00\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00"


class _Box(NamedTuple):
    kind: bytes
    start: int
    end: int


def parts(body: bytes) -> Iterator[bytes]:
    """Raises IndexError or ValueError where boxes do not lie within each other."""
    emptied = bytearray(body)
    for box in _boxes(body, 0, len(body)):
        if box.kind == b"meta":
            _empty_items(emptied, box)
    yield bytes(emptied)


def _boxes(body: bytes | bytearray, at: int, end: int) -> Iterator[_Box]:
    steps = Steps()
    while at + 8 <= end and steps.take():
        length, kind, start = _number(body, at, 4), bytes(body[at + 4 : at + 8]), at + 8
        if length == 1:
            length, start = _number(body, at + 8, 8), at + 16
        length = length or end - at
        if length < start - at or at + length > end:
            raise ValueError("a box beyond its parent")
        yield _Box(kind, start, at + length)
        at += length


def _empty_items(body: bytearray, meta: _Box) -> None:
    inner = {box.kind: box for box in _boxes(body, meta.start + 4, meta.end)}
    if b"iinf" not in inner or b"iloc" not in inner:
        return
    texts = _metadata_items(body, inner[b"iinf"])
    idat = inner[b"idat"].start if b"idat" in inner else 0
    for item, method, start, length in _extents(body, inner[b"iloc"]):
        if item not in texts or method > 1:
            continue
        at = start + idat * method
        end = min(at + length, len(body))
        blank = _NO_EXIF if texts[item] == b"Exif" and end - at >= len(_NO_EXIF) else b""
        body[at:end] = blank.ljust(end - at, b"\x00")


def _metadata_items(body: bytearray, iinf: _Box) -> dict[int, bytes]:
    """The numbers of items that hold EXIF or a text, with their type."""
    wide = 2 if body[iinf.start] == 0 else 4
    found = {}
    for box in _boxes(body, iinf.start + 4 + wide, iinf.end):
        size = 4 if body[box.start] >= 3 else 2
        kind = bytes(body[box.start + 6 + size : box.start + 10 + size])
        if box.kind == b"infe" and body[box.start] >= 2 and kind in (b"Exif", b"mime", b"uri "):
            found[_number(body, box.start + 4, size)] = kind
    return found


def _extents(body: bytearray, iloc: _Box) -> Iterator[tuple[int, int, int, int]]:
    """Item, construction method, offset and length (8.11.3 of ISO/IEC 14496-12)."""
    version, at = body[iloc.start], iloc.start + 4
    sizes = body[at] >> 4, body[at] & 15, body[at + 1] >> 4, body[at + 1] & 15
    offset_size, length_size, base_size, index_size = sizes
    wide = 4 if version == 2 else 2
    count, at = _number(body, at + 2, wide), at + 2 + wide
    steps = Steps()
    for _ in range(count):
        item, at = _number(body, at, wide), at + wide
        method = _number(body, at, 2) & 15 if version else 0
        at += 4 if version else 2
        steps.take()
        base, at = _number(body, at, base_size), at + base_size
        extents, at = _number(body, at, 2), at + 2
        for _ in range(extents):
            steps.take()
            at += index_size if version else 0
            start = base + _number(body, at, offset_size)
            yield item, method, start, _number(body, at + offset_size, length_size)
            at += offset_size + length_size
            if at > iloc.end:
                raise ValueError("extents beyond their box")


def _number(body: bytes | bytearray, at: int, size: int) -> int:
    part = body[at : at + size]
    if len(part) < size:
        raise ValueError("cut off")
    return int.from_bytes(part, "big")
