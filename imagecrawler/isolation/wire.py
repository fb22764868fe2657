"""What a decoder is asked and what it answers, as bytes: nothing of an answer is executed."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from imagecrawler.imaging.decode import FORMATS, MAX_SIDE
from imagecrawler.imaging.examine import Pixels, Unusable
from imagecrawler.imaging.likeness import SIDE
from imagecrawler.items import Measurements, Reason

LENGTH = struct.Struct(">I")

#: What a decoder says first.
READY = b"+"

_THUMBNAIL = (SIDE, SIDE, 3)
_THUMBNAIL_BYTES = 4 * SIDE * SIDE * 3

#: Bytes; a longer answer is none of ours.
MAX_ANSWER = 2 * _THUMBNAIL_BYTES


def packed(look: Pixels | Unusable) -> bytes:
    """The answer to one picture."""
    if isinstance(look, Unusable):
        text = json.dumps({"reason": look.reason.value, "detail": look.detail})
        return _framed(text, b"")
    measured = look.measured
    text = json.dumps(
        {
            "width": measured.width,
            "height": measured.height,
            "format": measured.format,
            "phash": measured.phash,
            "features": dict(measured.features),
        }
    )
    return _framed(text, np.ascontiguousarray(look.thumbnail, dtype="<f4").tobytes())


def unpacked(answer: bytes) -> Pixels | Unusable:
    """Raises ValueError for what no decoder of ours would say."""
    try:
        (length,) = LENGTH.unpack_from(answer)
        said = json.loads(answer[LENGTH.size : LENGTH.size + length])
        thumbnail = answer[LENGTH.size + length :]
        if "reason" in said:
            return Unusable(Reason(said["reason"]), str(said["detail"]))
        return Pixels(_measurements(said), _thumbnail(thumbnail))
    except (AttributeError, KeyError, TypeError, struct.error) as error:
        raise ValueError(f"not a decoder's answer: {error!r}") from error


def _framed(text: str, rest: bytes) -> bytes:
    head = text.encode()
    return LENGTH.pack(len(head)) + head + rest


def _measurements(said: Mapping[str, Any]) -> Measurements:
    width, height = int(said["width"]), int(said["height"])
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE) or said["format"] not in FORMATS:
        raise ValueError(f"not a decoder's answer: {said['format']!r} of {width}x{height}")
    features = {str(name): float(value) for name, value in said["features"].items()}
    return Measurements(width, height, said["format"], int(said["phash"]) % 2**64, features)


def _thumbnail(raw: bytes) -> np.ndarray[Any, np.dtype[np.float32]]:
    if len(raw) != _THUMBNAIL_BYTES:
        raise ValueError(f"not a decoder's answer: a thumbnail of {len(raw)} bytes")
    return np.frombuffer(raw, dtype="<f4").reshape(_THUMBNAIL)
