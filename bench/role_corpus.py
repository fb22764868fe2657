"""Labelled pictures of product, lifestyle and graphic: what a corpus folder holds.

A corpus is a folder with ``labels.json``: a list of objects with ``file`` (a path from the folder),
``role``, ``style`` (one name per item or scene) and, where people may disagree, ``ambiguous``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from imagecrawler.imaging.decode import decode
from imagecrawler.imaging.measure import features
from imagecrawler.imaging.roles import ROLES
from imagecrawler.items import Measurements


@dataclass(frozen=True)
class Picture:
    """A picture's bytes and its role; ``styles`` are those of all that it was made from."""

    body: bytes = field(repr=False)
    role: str
    styles: frozenset[str]
    name: str = ""
    ambiguous: bool = False
    composed: bool = False


def load(folders: Sequence[Path]) -> list[Picture]:
    """All pictures of the corpora; of a folder without labels.json none."""
    return [picture for folder in folders for picture in _load(folder)]


def _load(folder: Path) -> Iterator[Picture]:
    labels = folder / "labels.json"
    for entry in json.loads(labels.read_text()) if labels.exists() else ():
        if entry["role"] not in ROLES:
            raise SystemExit(f"{labels}: {entry['file']} has the role {entry['role']!r}")
        yield Picture(
            (folder / entry["file"]).read_bytes(),
            entry["role"],
            frozenset({f"{folder.name}/{entry['style']}"}),
            entry["file"],
            entry.get("ambiguous", False),
        )


def measured(picture: Picture) -> Measurements:
    """What the crawler measures of it, without the hash, and what the rules by hand read."""
    decoded = decode(picture.body)
    figures = features(decoded) | {"unchanged": _unchanged(np.asarray(decoded.grey))}
    return Measurements(decoded.width, decoded.height, decoded.format, 0, figures)


def _unchanged(grey: npt.NDArray[np.uint8]) -> float:
    """The share of pixels that are like their left neighbour."""
    return float((grey[:, 1:] == grey[:, :-1]).mean()) if grey.shape[1] > 1 else 1.0


def folds(pictures: Sequence[Picture], count: int, seed: int = 0) -> npt.NDArray[np.int64]:
    """A fold for every style, spread over the folds role by role: that of each picture."""
    rng = np.random.default_rng(seed)
    fold_of: dict[str, int] = {}
    for role in ROLES:
        styles = sorted({min(p.styles) for p in pictures if p.role == role} - fold_of.keys())
        order = rng.permutation(len(styles))
        fold_of |= {styles[index]: place % count for place, index in enumerate(order)}
    return np.array([fold_of[min(picture.styles)] for picture in pictures])
