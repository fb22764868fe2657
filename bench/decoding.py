"""What it costs to decode in processes of their own, and what hostile pictures cost there.

    python bench/decoding.py [FOLDER] [--rounds 5]

Good pictures (of FOLDER, else the demo shop's) are looked at by two threads of this process and by
two isolated decoders, in turn; then some three hundred hostile ones by the decoders.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from time import perf_counter

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "site"))

from hostile_pictures import hostile_pictures
from pictures import PICTURES, PictureStore

from imagecrawler.imaging.decode import FORMATS
from imagecrawler.imaging.examine import Pixels, look_at
from imagecrawler.isolation import Decoders

WORKERS = 2
SUFFIXES = (*FORMATS, "jpg")


def pictures(folder: Path | None) -> list[bytes]:
    if folder is None:
        store = PictureStore()
        return [store.file(name, 1_200, "jpg").read_bytes() for name in PICTURES]
    files = sorted(each for each in folder.rglob("*") if each.suffix[1:].lower() in SUFFIXES)
    return [path.read_bytes() for path in files]


def threads(bodies: Sequence[bytes]) -> float:
    started = perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(look_at, bodies))
    return perf_counter() - started


async def isolated(decoders: Decoders, bodies: Sequence[bytes]) -> float:
    started = perf_counter()
    await asyncio.gather(*map(decoders.look_at, bodies))
    return perf_counter() - started


def peak() -> int:
    """MiB of the largest decoder there is, at its largest."""
    most = 0
    for child in psutil.Process().children(recursive=True):
        for line in Path(f"/proc/{child.pid}/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM"):
                most = max(most, int(line.split()[1]) // 1024)
    return most


async def hostile(decoders: Decoders) -> None:
    answers: Counter[str] = Counter()
    times = {}
    most = 0
    for name, body in hostile_pictures():
        started = perf_counter()
        found = await decoders.look_at(body)
        times[name] = perf_counter() - started
        answers["decoded" if isinstance(found, Pixels) else found.reason.value] += 1
        most = max(most, peak())
    print(f"\n{sum(answers.values())} hostile pictures:", dict(answers))
    print(f"the largest decoder had {most} MiB; the slowest pictures:")
    for name in sorted(times, key=lambda each: -times[each])[:5]:
        print(f"{times[name]:6.2f} s  {name}")


async def compare(bodies: Sequence[bytes], rounds: int) -> None:
    decoders = Decoders(WORKERS)
    try:
        await isolated(decoders, bodies)
        pairs = [(threads(bodies), await isolated(decoders, bodies)) for _ in range(rounds)]
        here, there = (len(bodies) / median(times) for times in zip(*pairs, strict=True))
        ratio = median(one / other for one, other in pairs)
        print(
            f"{len(bodies)} pictures: {here:.0f} a second in threads, {there:.0f} isolated", end=""
        )
        print(f", {ratio:.2f} times as many")
        await hostile(decoders)
    finally:
        await decoders.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    asyncio.run(compare(pictures(options.folder), options.rounds))


if __name__ == "__main__":
    main()
