"""What Pillow needs for pictures at the least: a decoding in draft mode and one hash."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from time import process_time

import imagehash
from PIL import Image

DRAFT = (512, 512)


def pillow_seconds(pictures: Iterable[Path]) -> float:
    """CPU seconds of one process, its libraries loaded."""
    imagehash.phash(Image.new("RGB", DRAFT))
    began = process_time()
    for path in pictures:
        with Image.open(path) as picture:
            picture.draft("RGB", DRAFT)
            imagehash.phash(picture)
    return process_time() - began
