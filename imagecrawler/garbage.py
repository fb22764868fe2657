"""Python's garbage collector in processes that stand for days, and in those of a few seconds."""

from __future__ import annotations

import atexit
import gc
from typing import Final

THRESHOLD: Final = 10_000
"""New objects before a look for garbage; Python's 700 are passed within one list of images."""


def spare_garbage_collection() -> None:
    """What is imported by now stays: looking through it took a fifth of each request."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(THRESHOLD)


def start_without_garbage_collection() -> None:
    """Before the imports of a short process: hardly any of it is garbage, then or as it ends."""
    gc.set_threshold(THRESHOLD)
    atexit.register(gc.freeze)
