"""GIF89a: frames, their timing and the number of repetitions."""

from __future__ import annotations

from collections.abc import Iterator

from imagecrawler.imaging.stripping.steps import Steps

_FRAME, _TRAILER = 0x2C, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
_REPETITIONS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def parts(body: bytes) -> Iterator[bytes]:
    """Up to the trailer; of a body that is cut off what there is, trailer included.

    Raises IndexError or ValueError where there is no such block.
    """
    at, steps = 13 + _table(body[10]), Steps()
    yield body[:at]
    while at < len(body) and body[at] != _TRAILER:
        start, at = at, _end(body, at, steps)
        if body[start] == _FRAME or _is_kept(body[start + 1], body[start + 3 : start + 14]):
            yield body[start:at]
    yield bytes((_TRAILER,))


def _is_kept(label: int, name: bytes) -> bool:
    return label == _CONTROL or (label == _APPLICATION and name in _REPETITIONS)


def _end(body: bytes, at: int, steps: Steps) -> int:
    """Of the block that begins at ``at``."""
    match body[at]:
        case 0x21:
            return _after_blocks(body, at + 2, steps)
        case 0x2C:
            return _after_blocks(body, at + 11 + _table(body[at + 9]), steps)
    raise ValueError("no such block")


def _after_blocks(body: bytes, at: int, steps: Steps) -> int:
    while steps.take() and at < len(body) and body[at]:
        at += body[at] + 1
    return at + 1


def _table(flags: int) -> int:
    """Bytes of the colour table that the flags announce."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
