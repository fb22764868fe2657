"""What a picture's first bytes say: its format and its size, before any decoder sees them.

Decoders allocate by the size a header claims, so the claim is checked first.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from imagecrawler.errors import UndecodableImage
from imagecrawler.items import Reason

Size = tuple[int, int]

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (rb"\xff\xd8\xff", "jpeg"),
    (rb"\x89PNG\r\n\x1a\n", "png"),
    (rb"GIF8[79]a", "gif"),
    (rb"RIFF....WEBP", "webp"),
    (rb"....ftyp(?:avif|avis)", "avif"),
    (rb"....ftyp(?:mif1|msf1).{4,60}?avi[fs]", "avif"),
    (rb"....ftyp(?:mif1|msf1|hei[cxms]|hev[cx])", "HEIC"),
    (rb"BM.{4}\x00{4}", "BMP"),
    (rb"\x00\x00[\x01\x02]\x00", "ICO"),
    (rb"II\*\x00|MM\x00\*", "TIFF"),
    (rb"\xff\x0a|\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (rb"8BPS", "PSD"),
)
_PATTERNS = tuple((re.compile(p, re.DOTALL | re.IGNORECASE), name) for p, name in _SIGNATURES)

# Every SOFn but DHT (C4), JPG (C8) and DAC (CC), which share the range.
# Before the first frame; files that consist of empty parts would be walked through for seconds.
_MAX_PARTS = 2_000
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def sniff(body: bytes) -> str:
    """The format's name by its magic bytes; upper case for one that is known but not kept.

    Raises UndecodableImage with NOT_AN_IMAGE when the bytes are no picture at all.
    """
    head = body[:4096]
    for pattern, name in _PATTERNS:
        if pattern.match(head):
            return name
    return _markup(head)


def _markup(head: bytes) -> str:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(b"<") and b"<svg" in text and b"<html" not in text:
        return "SVG"
    what = "HTML or XML" if text.startswith(b"<") else "unknown bytes" if text else "no bytes"
    raise UndecodableImage(Reason.NOT_AN_IMAGE, f"{what}, not an image")


def stated_size(body: bytes, form: str) -> Size:
    """Width and height in pixels as the header states them, before EXIF orientation.

    Raises UndecodableImage when the header is cut off or contradicts the format.
    """
    try:
        return _READERS[form](body)
    except (IndexError, ValueError) as error:
        raise UndecodableImage(Reason.UNDECODABLE, f"{form} header is damaged") from error


def _jpeg(body: bytes) -> Size:
    at = 2
    for _ in range(_MAX_PARTS):
        if body[at] != 0xFF:
            break
        marker = body[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _FRAME_MARKERS:
            return _big(body, at + 7, 2), _big(body, at + 5, 2)
        at += 2 + _big(body, at + 2, 2)
    raise ValueError("no frame header")


def _png(body: bytes) -> Size:
    if body[12:16] != b"IHDR":
        raise ValueError("no IHDR")
    return _big(body, 16, 4), _big(body, 20, 4)


def _gif(body: bytes) -> Size:
    """The larger of the logical screen and the first frame, which may lie outside it."""
    screen = _little(body, 6, 2), _little(body, 8, 2)
    at = 13 + _colour_table(body[10])
    for _ in range(_MAX_PARTS):
        if body[at] != 0x21:
            break
        at = _after_blocks(body, at + 2)
    if body[at] != 0x2C:
        raise ValueError("no frame")
    left, top, width, height = (_little(body, at + i, 2) for i in (1, 3, 5, 7))
    return max(screen[0], left + width), max(screen[1], top + height)


def _after_blocks(body: bytes, at: int) -> int:
    for _ in range(_MAX_PARTS):
        if not body[at]:
            return at + 1
        at += body[at] + 1
    raise ValueError("no end of blocks")


def _colour_table(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _webp(body: bytes) -> Size:
    kind = body[12:16]
    if kind == b"VP8X":
        return _little(body, 24, 3) + 1, _little(body, 27, 3) + 1
    if kind == b"VP8L":
        bits = _little(body, 21, 4)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        return _little(body, 26, 2) & 0x3FFF, _little(body, 28, 2) & 0x3FFF
    raise ValueError("no picture chunk")


def _avif(body: bytes) -> Size:
    """The largest of all spatial extents; tiles, alpha planes and thumbnails have their own."""
    sizes = [
        (_big(body, m.end() + 4, 4), _big(body, m.end() + 8, 4))
        for m in re.finditer(b"ispe", body[:65536])
    ]
    return max(sizes, key=lambda size: size[0] * size[1])


def _big(body: bytes, at: int, length: int) -> int:
    return _number(body, at, length, "big")


def _little(body: bytes, at: int, length: int) -> int:
    return _number(body, at, length, "little")


def _number(body: bytes, at: int, length: int, order: str) -> int:
    part = body[at : at + length]
    if len(part) < length:
        raise ValueError("cut off")
    return int.from_bytes(part, "big" if order == "big" else "little")


_READERS: dict[str, Callable[[bytes], Size]] = {
    "jpeg": _jpeg,
    "png": _png,
    "gif": _gif,
    "webp": _webp,
    "avif": _avif,
}
