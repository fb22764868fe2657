"""How well duplicates are told from other pictures, where its thresholds lie, what it costs.

    python bench/dedupe.py [FOLDER]

FOLDER holds ``pairs.csv`` with the columns a, b (files of the folder), same (1, 0, or empty: not
counted) and kind, what was done to the one or how the two differ. The first table counts pairs
that are merged, by kind; the curves show all scored pairs over the two thresholds, the one in use
marked. Without a folder there is only the cost, of made-up pictures that are all different.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import process_time

import numpy as np

from imagecrawler.dedupe import deduplicate
from imagecrawler.imaging import likeness
from imagecrawler.imaging.examine import Pixels, look_at
from imagecrawler.imaging.hashing import hamming
from imagecrawler.imaging.likeness import GATE, MAX_DIFFERENCE, alike, difference
from imagecrawler.items import (
    DownloadedImage,
    ImageCandidate,
    Measurements,
    Role,
    ScoredImage,
    Version,
)

GATES = (4, 6, 8, 10, 12, 14, 16, 18, 20, 24)
DIFFERENCES = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 12.0, 16.0)
SIZES = (500, 1_000, 2_000, 4_000, 8_000)


@dataclass(frozen=True)
class Pair:
    same: bool | None
    kind: str
    bits: int
    apart: float
    """L*a*b*, of the limit that the paler of the two allows: MAX_DIFFERENCE is in use."""
    merged: bool


def compared(row: dict[str, str], looks: dict[str, Pixels]) -> Pair | None:
    one, other = looks.get(row["a"]), looks.get(row["b"])
    if one is None or other is None:
        return None
    bits = hamming(one.measured.phash, other.measured.phash)
    vivid = min(map(likeness._vividness, (one.thumbnail, other.thumbnail)))
    apart = difference(one.thumbnail, other.thumbnail)
    scale = MAX_DIFFERENCE / min(MAX_DIFFERENCE, max(vivid / 4, 1e-6))
    merged = bits <= GATE and alike(one.thumbnail, other.thumbnail)
    same = {"1": True, "0": False}.get(row["same"])
    return Pair(same, row["kind"], bits, apart * scale, merged)


def looked_at(folder: Path, names: Iterable[str]) -> dict[str, Pixels]:
    def look(name: str) -> tuple[str, object]:
        return name, look_at((folder / name).read_bytes())

    with ThreadPoolExecutor(2) as pool:
        return {name: found for name, found in pool.map(look, names) if isinstance(found, Pixels)}


def by_kind(pairs: Sequence[Pair]) -> None:
    groups: defaultdict[tuple[str, str], list[Pair]] = defaultdict(list)
    titles = {True: "same", False: "different", None: "not counted"}
    for pair in pairs:
        groups[titles[pair.same], pair.kind].append(pair)
    print(f"{'':<12} {'kind':<22} {'pairs':>6} {'merged':>7}")
    for (title, kind), group in sorted(groups.items(), reverse=True):
        merged = sum(pair.merged for pair in group)
        print(f"{title:<12} {kind:<22} {len(group):>6} {merged / len(group):>7.1%}")
    figures("in use", pairs, lambda pair: pair.merged)


def figures(name: str, pairs: Iterable[Pair], merges: Callable[[Pair], bool]) -> None:
    same = [merges(pair) for pair in pairs if pair.same]
    other = [merges(pair) for pair in pairs if pair.same is False]
    close = [
        merges(pair) for pair in pairs if pair.same is False and "style" not in pair.kind
    ]  # another colour or view of the same thing
    found = sum(same) + sum(other)
    precision = sum(same) / found if found else 1.0
    parts = (sum(same) / len(same), precision, sum(close) / len(close))
    print(f"{name:<12} recall {parts[0]:7.2%}  precision {parts[1]:7.2%}", end="  ")
    print(f"other colours and views merged {parts[2]:6.2%}")


def curves(pairs: Sequence[Pair]) -> None:
    print(f"\nHamming distance at most (with a difference of at most {MAX_DIFFERENCE})")
    for gate in GATES:
        mark = " *" if gate == GATE else ""
        figures(f"{gate}{mark}", pairs, partial(_within, gate=gate, most=MAX_DIFFERENCE))
    print(f"\ndifference at most (with a Hamming distance of at most {GATE})")
    for most in DIFFERENCES:
        mark = " *" if most == MAX_DIFFERENCE else ""
        figures(f"{most}{mark}", pairs, partial(_within, gate=GATE, most=most))
    print("\nHamming distance alone")
    for gate in GATES:
        figures(str(gate), pairs, partial(_within, gate=gate, most=float("inf")))


def _within(pair: Pair, gate: int, most: float) -> bool:
    return pair.bits <= gate and pair.apart <= most


def cost() -> None:
    print(f"\n{'pictures':>8} {'CPU ms':>8} {'us each':>8}")
    rng = np.random.default_rng(1)
    for size in SIZES:
        images = [_made_up(number, rng) for number in range(size)]
        started = process_time()
        kept, _ = deduplicate(images)
        spent = process_time() - started
        print(f"{size:>8,} {1e3 * spent:>8.1f} {1e6 * spent / size:>8.1f}  {len(kept):,} kept")


def _made_up(number: int, rng: np.random.Generator) -> ScoredImage:
    url = f"https://shop.example/{number}.jpg"
    candidate = ImageCandidate((Version(url),), ("img",))
    features = {
        "cycles": 100.0,
        "reach": 0.5,
        "clipped": 0.0,
        "blank": 0.0,
        "quantum": 0.0,
        "noise": 0.0,
    }
    measured = Measurements(800, 800, "jpeg", int(rng.integers(0, 2**63)), features)
    thumbnail = rng.uniform(0, 100, (likeness.SIDE, likeness.SIDE, 3)).astype(np.float32)
    return ScoredImage(
        image=DownloadedImage(candidate, url, b""),
        measured=measured,
        sha256=str(number),
        quality=50.0,
        breakdown={},
        role=Role.PRODUCT,
        is_product=True,
        is_lifestyle=False,
        thumbnail=thumbnail,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?")
    options = parser.parse_args()
    if options.folder is None or not (options.folder / "pairs.csv").exists():
        print(f"{options.folder or 'no folder'}: no pairs.csv; only the cost is measured")
    else:
        with (options.folder / "pairs.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        looks = looked_at(options.folder, dict.fromkeys(row[k] for row in rows for k in "ab"))
        pairs = [pair for row in rows if (pair := compared(row, looks))]
        if missing := len(rows) - len(pairs):
            print(f"{missing} pairs left out: a file of theirs does not decode", file=sys.stderr)
        by_kind(pairs)
        curves(pairs)
    cost()


if __name__ == "__main__":
    main()
