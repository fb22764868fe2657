"""Whether the quality score falls when a picture gets worse.

    python bench/quality.py [CORPUS] [--sample N] [--seed N] [--side PIXELS]

CORPUS is a folder with labels.json and the files it names; without it the demo shop's pictures are
drawn and taken. Every photograph is spoilt in random strengths, stronger step by step, and saved
as JPEG, PNG or WebP. A violation is a score that is more than 0.05 above the untouched picture's.
Then versions of each picture (sizes, enlarged, recompressed): how often the better one of two is
preferred as the dedupe does. With ``--side`` all of it is done to pictures that were reduced to so
many pixels first, but for those that are smaller. What judging costs, scoring_cost.py measures.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from imagecrawler.imaging.components import fidelity
from imagecrawler.imaging.examine import Pixels, look_at
from imagecrawler.imaging.scoring import score
from imagecrawler.items import ImageCandidate, Version

CANDIDATE = ImageCandidate((Version("https://shop.example/a"),), ("img",))
TOLERANCE = 0.05
FILTERS = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS)
#: Quality 92 and 90 lose little of their own.
FORMS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 92},
    "PNG": {"compress_level": 1},
    "WEBP": {"quality": 90, "method": 0},
}
Spoil = Callable[[Image.Image, float, random.Random], Image.Image]


def saved(picture: Image.Image, form: str, **options: Any) -> bytes:
    target = BytesIO()
    picture.save(target, form, **(options or FORMS[form]))
    return target.getvalue()


def blurred(picture: Image.Image, strength: float, _: random.Random) -> Image.Image:
    radius = 4 * strength * max(picture.size) / 1000
    return picture.filter(ImageFilter.GaussianBlur(radius))


def scaled(picture: Image.Image, factor: float, chance: random.Random) -> Image.Image:
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    return picture.resize(size, chance.choice(FILTERS))


def smaller(picture: Image.Image, strength: float, chance: random.Random) -> Image.Image:
    return scaled(picture, 1 - 0.8 * strength, chance)


def enlarged(picture: Image.Image, strength: float, chance: random.Random) -> Image.Image:
    return scaled(picture, 1 + 1.5 * strength, chance)


def compressed(picture: Image.Image, strength: float, _: random.Random) -> Image.Image:
    return Image.open(BytesIO(saved(picture, "JPEG", quality=round(75 - 67 * strength))))


def noisy(picture: Image.Image, strength: float, chance: random.Random) -> Image.Image:
    levels = np.asarray(picture).astype(np.float32)
    noise = np.random.default_rng(chance.randrange(2**32)).normal(0, 35 * strength, levels.shape)
    return Image.fromarray(np.clip(levels + noise, 0, 255).astype(np.uint8))


def exposed(picture: Image.Image, gain: float) -> Image.Image:
    return picture.point([min(255, round(level * gain)) for level in range(256)] * 3)


def lighter(picture: Image.Image, strength: float, _: random.Random) -> Image.Image:
    return exposed(picture, 1 + 1.5 * strength)


def darker(picture: Image.Image, strength: float, _: random.Random) -> Image.Image:
    return exposed(picture, 1 - 0.8 * strength)


SPOILT: tuple[tuple[str, Spoil], ...] = (
    ("saved anew", lambda picture, _, __: picture),
    ("blurred", blurred),
    ("scaled down", smaller),
    ("compressed", compressed),
    ("noise", noisy),
    ("overexposed", lighter),
    ("underexposed", darker),
    ("enlarged", enlarged),
)


def quality(body: bytes) -> float:
    return score(looked(body).measured, CANDIDATE)[0]


def looked(body: bytes) -> Pixels:
    found = look_at(body)
    if not isinstance(found, Pixels):
        raise SystemExit(f"a picture of the corpus does not decode: {found.detail}")
    return found


def rises(job: tuple[bytes, int]) -> dict[str, list[float]]:
    """By transformation, how far three strengths lie above the untouched picture."""
    body, seed = job
    chance = random.Random(seed)
    picture, before = opened(body), quality(body)
    found: dict[str, list[float]] = {}
    for name, spoil in SPOILT:
        for strength in sorted(chance.uniform(0.02, 1) for _ in range(3)):
            form = chance.choice(list(FORMS))
            after = quality(saved(spoil(picture, strength, chance), form))
            found.setdefault(name, []).append(after - before)
    return found


def opened(body: bytes) -> Image.Image:
    picture = Image.open(BytesIO(body))
    if picture.mode == "RGBA":
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        return ground
    return picture.convert("RGB")


def orders(job: tuple[bytes, int]) -> dict[str, list[bool]]:
    """By kind of version, whether the picture is preferred to it."""
    body, seed = job
    chance = random.Random(seed)
    picture, best = opened(body), fidelity(looked(body).measured)
    versions = {
        "0.8 of the size": scaled(picture, 0.8, chance),
        "0.5 of the size": scaled(picture, 0.5, chance),
        "0.25 of the size": scaled(picture, 0.25, chance),
        "enlarged 1.4 times": scaled(picture, 1.4, chance),
        "enlarged 2 times": scaled(picture, 2, chance),
        "quality 60": compressed(picture, 15 / 67, chance),
        "quality 30": compressed(picture, 45 / 67, chance),
        "0.3 and back": scaled(picture, 0.3, chance).resize(picture.size),
    }
    return {
        name: [best > fidelity(looked(saved(version, form)).measured) for form in ("JPEG", "PNG")]
        for name, version in versions.items()
    }


def pictures(folder: Path | None) -> list[bytes]:
    """Of a corpus, or drawn ones; none, and a line that says why, where the folder is no corpus."""
    if folder and not (folder / "labels.json").is_file():
        print(f"skipped: {folder} has no labels.json")
        return []
    return list(corpus(folder) if folder else drawn())


def corpus(folder: Path) -> Iterator[bytes]:
    for label in json.loads((folder / "labels.json").read_text()):
        if label["role"] != "graphic":
            yield (folder / label["file"]).read_bytes()


def drawn() -> Iterator[bytes]:
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "site"))
    from drawing.catalogue import PICTURES
    from pictures import PictureStore

    store = PictureStore()
    store.prepare()
    for name in PICTURES:
        body = store.master(name).read_bytes()
        with Image.open(BytesIO(body)) as picture:
            if min(picture.size) >= 600:
                yield saved(opened(body).resize((picture.width // 2, picture.height // 2)), "JPEG")


def reduced(body: bytes, side: int) -> bytes:
    picture = opened(body)
    if max(picture.size) <= side:
        return body
    picture.thumbnail((side, side), Image.Resampling.BICUBIC)
    return saved(picture, "JPEG")


def table(name: str, results: Sequence[dict[str, list[Any]]], row: Callable[..., str]) -> None:
    print(f"\n{name}")
    for kind in results[0]:
        print(f"{kind:<20} {row([value for each in results for value in each[kind]])}")


def violations(values: Sequence[float]) -> str:
    count = sum(value > TOLERANCE for value in values)
    return f"{len(values):>9} {count:>10} {max(values):>7.2f} {median(values):>8.2f}"


def right(values: Sequence[bool]) -> str:
    return f"{len(values):>9} {sum(values):>10}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", nargs="?", type=Path, help="folder with labels.json")
    parser.add_argument("--sample", type=int, default=1, help="every N-th picture only")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--side", type=int, help="reduce them to this many pixels first")
    options = parser.parse_args()
    bodies = pictures(options.corpus)[:: options.sample]
    if options.side:
        bodies = [reduced(body, options.side) for body in bodies]
    if not bodies:
        return
    jobs = [(body, options.seed + number) for number, body in enumerate(bodies)]
    qualities = sorted(map(quality, bodies))
    print(f"{len(bodies)} pictures, quality {qualities[0]:.0f} to {qualities[-1]:.0f}, ", end="")
    print(f"median {median(qualities):.0f}")
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(rises, jobs))
        table(
            f"{'spoilt':<20} {'pictures':>9} {'violations':>10} {'worst':>7} {'median':>8}",
            found,
            violations,
        )
        table(f"{'versions':<20} {'pairs':>9} {'right':>10}", list(pool.map(orders, jobs)), right)


if __name__ == "__main__":
    main()
