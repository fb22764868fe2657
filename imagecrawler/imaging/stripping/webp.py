"""WebP (RFC 9649): its container's chunks, and the flags that announce them."""

from __future__ import annotations

from collections.abc import Iterator

from imagecrawler.imaging.stripping.exif import only_orientation
from imagecrawler.imaging.stripping.icc import is_sound
from imagecrawler.imaging.stripping.steps import Steps

_KEPT = frozenset((b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"))
_HAS_XMP, _HAS_EXIF, _HAS_PROFILE = 0x04, 0x08, 0x20
_EXIF = b"Exif\x00\x00"


def parts(body: bytes) -> Iterator[bytes]:
    """Raises ValueError where there is no chunk of a picture."""
    chunks = [each for kind, content in _chunks(body) for each in _kept(kind, content)]
    kinds = {kind for kind, _ in chunks}
    if not kinds & {b"VP8 ", b"VP8L", b"ANMF"}:
        raise ValueError("no picture chunk")
    content = b"".join(_chunk(kind, _flagged(kind, part, kinds)) for kind, part in chunks)
    yield b"RIFF" + (len(content) + 4).to_bytes(4, "little") + b"WEBP" + content


def _chunks(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Within what the container states as its length."""
    end = min(len(body), 8 + int.from_bytes(body[4:8], "little"))
    at, steps = 12, Steps()
    while at + 8 <= end and steps.take():
        length = int.from_bytes(body[at + 4 : at + 8], "little")
        yield body[at : at + 4], body[at + 8 : min(at + 8 + length, end)]
        at += 8 + length + length % 2


def _kept(kind: bytes, content: bytes) -> Iterator[tuple[bytes, bytes]]:
    if kind in _KEPT or kind == b"VP8X" or (kind == b"ICCP" and is_sound(content)):
        yield kind, content
    elif kind == b"EXIF":
        for tiff in only_orientation(content.removeprefix(_EXIF)):
            yield kind, tiff


def _flagged(kind: bytes, content: bytes, kinds: set[bytes]) -> bytes:
    if kind != b"VP8X":
        return content
    flags = content[0] & ~(_HAS_XMP | _HAS_EXIF | _HAS_PROFILE)
    flags |= _HAS_EXIF * (b"EXIF" in kinds) | _HAS_PROFILE * (b"ICCP" in kinds)
    return bytes((flags,)) + content[1:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "little") + content + b"\x00" * (len(content) % 2)
