"""Fingerprints of a picture: exact bytes and perceived content."""

from __future__ import annotations

import hashlib

import numpy as np
from PIL import Image


def sha256(body: bytes) -> str:
    """The hex digest of the bytes."""
    return hashlib.sha256(body).hexdigest()


def perceptual_hash(picture: Image.Image) -> int:
    """The 64-bit DCT hash (Zauner 2010, as ``imagehash.phash``) as an int.

    Ints compare by XOR in nanoseconds, and unlike ``ImageHash`` they hash without collisions.
    """
    # brings SciPy, which whoever only compares hashes need not import
    import imagehash

    bits = imagehash.phash(picture).hash
    return int.from_bytes(np.packbits(bits.ravel()).tobytes(), "big")


def hamming(a: int, b: int) -> int:
    """The number of bits in which two hashes differ, 0 to 64."""
    return (a ^ b).bit_count()
