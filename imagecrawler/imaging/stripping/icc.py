"""Which colour profiles are kept."""

from __future__ import annotations

import zlib

MAX_BYTES = 2**20
"""Those of printers, the largest in use, have some 500 to 700 KiB."""

_SIGNATURE = slice(36, 40)


def is_sound(profile: bytes) -> bool:
    """Whether it has the form of one (ICC.1:2022, 7.2) and no more bytes than they have."""
    stated = int.from_bytes(profile[:4], "big")
    return profile[_SIGNATURE] == b"acsp" and stated == len(profile) <= MAX_BYTES


def inflates_soundly(compressed: bytes) -> bool:
    """The same of a deflated one, of which no more is unpacked than may be kept."""
    unpacker = zlib.decompressobj()
    try:
        profile = unpacker.decompress(compressed, MAX_BYTES + 1)
    except zlib.error:
        return False
    return unpacker.eof and is_sound(profile)
