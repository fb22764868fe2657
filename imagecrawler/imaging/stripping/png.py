"""PNG (W3C, third edition): the chunks that decide what is seen."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from imagecrawler.imaging.stripping.exif import only_orientation
from imagecrawler.imaging.stripping.icc import inflates_soundly
from imagecrawler.imaging.stripping.steps import Steps

_SIGNATURE = 8
_KEPT = frozenset(
    (
        *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT"),
        *(b"bKGD", b"pHYs", b"cICP", b"mDCV", b"cLLI", b"acTL", b"fcTL", b"fdAT"),
    )
)


def parts(body: bytes) -> Iterator[bytes]:
    """Up to the end chunk; of a body that is cut off what there is."""
    yield body[:_SIGNATURE]
    at, steps = _SIGNATURE, Steps()
    while at + 8 <= len(body) and steps.take():
        kind = body[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(body[at : at + 4], "big")
        content = body[at + 8 : end - 4]
        if kind in _KEPT or (kind == b"iCCP" and _is_sound(content)):
            yield body[at:end]
        elif kind == b"eXIf":
            yield from (_chunk(kind, tiff) for tiff in only_orientation(content))
        if kind == b"IEND":
            return
        at = end


def _is_sound(content: bytes) -> bool:
    """After a name and the method, of which there is one, the deflated profile."""
    _, _, deflated = content.partition(b"\x00")
    return inflates_soundly(deflated[1:])


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content).to_bytes(4, "big")
    return len(content).to_bytes(4, "big") + kind + content + checksum
