"""What it costs to judge a picture, against the least that Pillow needs to look at it.

    python bench/scoring_cost.py [CORPUS] [--sample N] [--rounds N]

CORPUS is a folder with labels.json and the files it names; without it the demo shop's pictures are
drawn and taken. CPU from bytes to decision (decoding, score, role), against Pillow's own draft at
512 px with one imagehash.phash, one after the other of each picture, with one thread of BLAS. Then
fifty pictures by two isolated decoders, as the service has them, warm.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import imagehash
from PIL import Image
from quality import CANDIDATE, pictures

from imagecrawler.imaging.examine import Pixels, Unusable, look_at
from imagecrawler.imaging.roles import likelihoods
from imagecrawler.imaging.scoring import score
from imagecrawler.isolation import Decoders

PICTURES = 50


def floor(body: bytes) -> object:
    with Image.open(BytesIO(body)) as picture:
        picture.draft("RGB", (512, 512))
        return imagehash.phash(picture)


def decided(body: bytes) -> float:
    return judged(look_at(body))


def judged(look: Pixels | Unusable) -> float:
    if not isinstance(look, Pixels):
        raise SystemExit(f"a picture of the corpus does not decode: {look.detail}")
    quality, _ = score(look.measured, CANDIDATE)
    return quality * likelihoods(look.measured, CANDIDATE).product


def cpu(work: Callable[[bytes], object], body: bytes) -> float:
    started = process_time()
    work(body)
    return 1000 * (process_time() - started)


def compare(bodies: Sequence[bytes], rounds: int) -> None:
    for body in bodies[:5]:
        decided(body)
    pairs = [(cpu(floor, body), cpu(decided, body)) for _ in range(rounds) for body in bodies]
    least, ours = (sum(each) / len(pairs) for each in zip(*pairs, strict=True))
    ratio = median(after / before for before, after in pairs)
    print(
        f"{len(bodies)} pictures, CPU each: Pillow and phash {least:.1f} ms, ours {ours:.1f} ms: ",
        end="",
    )
    print(f"{ours / least:.2f} times; median of the pictures' ratios {ratio:.2f}")


async def isolated(bodies: Sequence[bytes], rounds: int) -> None:
    decoders = Decoders(2)
    decoders.open()
    try:
        times = [await fifty(decoders, bodies) for _ in range(rounds + 1)][1:]
    finally:
        await decoders.close()
    print(f"{PICTURES} pictures by two decoders, warm: {median(times):.2f} s ", end="")
    print(f"({min(times):.2f} to {max(times):.2f})")


async def fifty(decoders: Decoders, bodies: Sequence[bytes]) -> float:
    started = perf_counter()
    for look in await asyncio.gather(*map(decoders.look_at, bodies)):
        judged(look)
    return perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", nargs="?", type=Path, help="folder with labels.json")
    parser.add_argument("--sample", type=int, default=4, help="every N-th picture only")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    bodies = pictures(options.corpus)
    if not bodies:
        return
    compare(bodies[:: options.sample], options.rounds)
    spread = bodies[:: max(1, len(bodies) // PICTURES)] * PICTURES
    asyncio.run(isolated(spread[:PICTURES], options.rounds))


if __name__ == "__main__":
    main()
