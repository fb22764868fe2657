"""JPEG (ITU-T T.81): segments up to the end of the first image."""

from __future__ import annotations

import re
from collections.abc import Iterator

from imagecrawler.imaging.stripping.exif import only_orientation
from imagecrawler.imaging.stripping.icc import is_sound
from imagecrawler.imaging.stripping.steps import Steps

_APP0, _APP1, _APP2, _APP14, _APP15, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
_SCAN, _END = 0xDA, 0xD9
_EXIF, _PROFILE = b"Exif\x00\x00", b"ICC_PROFILE\x00"
# The start of the next segment within entropy-coded data: no stuffed byte, restart or filling.
_NEXT = re.compile(rb"\xff(?=[^\x00\xd0-\xd7\xff])")
# A JFIF segment without the thumbnail that may follow.
_JFIF_BYTES = 14


def parts(body: bytes) -> Iterator[bytes]:
    """Raises IndexError or ValueError where the segments do not follow each other."""
    yield body[:2]
    segments = list(_segments(body))
    profile = _profile(segments)
    for marker, content in segments:
        if marker == _APP0 and content[:5] == b"JFIF\x00":
            yield _segment(_APP0, content[: _JFIF_BYTES - 2] + b"\x00\x00")
        elif marker == _APP1 and content.startswith(_EXIF):
            for tiff in only_orientation(content[len(_EXIF) :]):
                yield _segment(_APP1, _EXIF + tiff)
        elif marker == _APP2 and profile and content.startswith(_PROFILE):
            yield _segment(marker, content)
        elif marker == _APP14 or not (_APP0 <= marker <= _APP15 or marker == _COMMENT):
            yield content if marker in (_SCAN, _END) else _segment(marker, content)


def _segments(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Markers with what follows their length; a scan whole, with its data."""
    at, steps = 2, Steps()
    while steps.take():
        if body[at] != 0xFF:
            raise ValueError("no marker")
        marker = body[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == _END:
            yield _END, body[at : at + 2]
            return
        length = int.from_bytes(body[at + 2 : at + 4], "big")
        if length < 2:
            raise ValueError("a segment without length")
        if marker == _SCAN:
            found = _NEXT.search(body, at + 2 + length)
            end = found.start() if found else len(body)
            yield _SCAN, body[at:end]
            if found is None:
                return  # cut off; decoders show what there is
        else:
            end = at + 2 + length
            yield marker, body[at + 4 : end]
        at = end


def _segment(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes((marker,)) + (len(content) + 2).to_bytes(2, "big") + content


def _profile(segments: list[tuple[int, bytes]]) -> bool:
    """Whether the profile, which may be spread over several segments, is worth keeping."""
    chunks = sorted(
        content[len(_PROFILE) :]
        for marker, content in segments
        if marker == _APP2 and content.startswith(_PROFILE)
    )
    return is_sound(b"".join(chunk[2:] for chunk in chunks))
