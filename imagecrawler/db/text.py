"""Text of web pages, made fit for PostgreSQL."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def storable(value: Any) -> Any:
    """``value`` as PostgreSQL's text or JSONB takes it, whatever a page put into it.

    NUL characters go, halves of surrogate pairs become ``?``, floats that are not finite None;
    mappings and sequences are copied as dicts and lists.
    """
    if isinstance(value, str):
        return value.replace("\0", "").encode(errors="replace").decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {storable(str(key)): storable(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [storable(entry) for entry in value]
    return value
