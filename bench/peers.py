"""imagecrawler, the floors and the crawlers one could pick instead, on the same pages.

    python bench/peers.py [--rounds 3] [--pages 20] [--only NAME …] [--results FILE]

Each round runs every runner once over pages of product_shop.py, in an order that is rotated from
round to round; what is compared is compared within a round. Runners are processes of their own
(runners/): floors A and B of floors.py, one page at a time and four at once; ours in bulk (a
standing worker that drains a queue: scored, deduped, stored, written), by POST /scrape and by a
process for each page; scrapy-playwright with ImagesPipeline, crawlee and crawl4ai, four pages at
once, in environments made from PyPI on first use. All have the same Chromium and the same flags.

--results keeps the rounds in a file and adds to those it has: the tables are of all of them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from measuring import Result, Runner, RunnerFailed, measure
from peer_environments import CACHE, PEERS, NotInstalled, python_of
from peer_tables import Round, Tables
from product_pages import WIDTHS
from product_shop import Page, ProductShop
from yardstick import pillow_seconds

AT_ONCE = 4
WARM = 2
ONE_BY_ONE = 6
"""Pages for runners that have one page at a time."""


def runners(only: Sequence[str], cache: Path) -> Iterator[Runner]:
    """Those that are named, or all. A peer that cannot be installed is left out with one line."""
    for floor in "AB":
        environment = {"BENCH_FLOOR": floor}
        yield Runner(f"floor {floor}", "floor.py", AT_ONCE, environment=environment)
        yield Runner(f"floor {floor}, one", "floor.py", 1, environment=environment)
    yield Runner("imagecrawler", "bulk.py", AT_ONCE)
    yield Runner("imagecrawler, one", "warm.py", 1)
    yield Runner("imagecrawler scrape", "one_shot.py", 1)
    for peer in PEERS:
        if only and peer.name not in only:
            continue
        try:
            yield Runner(peer.name, peer.script, AT_ONCE, python_of(peer, cache))
        except NotInstalled as error:
            print(error, file=sys.stderr)


def one_round(chosen: Sequence[Runner], shop: ProductShop) -> Round:
    results: dict[str, Result] = {}
    pages, warm = shop.pages[:-WARM], shop.pages[-WARM:]
    for runner in chosen:
        try:
            result = measure(runner, shop, pages[: _count(runner, pages)], warm)
        except RunnerFailed as error:
            print(f"{runner.name}: {error}", file=sys.stderr)
        else:
            results[runner.name] = result
            print(f"{runner.name}: {result.seconds:.1f} s", file=sys.stderr)
    return Round(results, _pillow(shop, len(pages)))


def _count(runner: Runner, pages: Sequence[Page]) -> int:
    return len(pages) if runner.concurrency > 1 else min(ONE_BY_ONE, len(pages))


def _pillow(shop: ProductShop, pages: int) -> float:
    """Seconds of CPU a page."""
    numbers = range(pages * shop.kind.pictures)
    widest = [shop.folder / f"{number}-{WIDTHS[-1]}.jpg" for number in numbers]
    return pillow_seconds(widest) / pages


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--latency", type=float, default=0.03, help="seconds of every answer")
    parser.add_argument("--only", nargs="+", default=[], help="runners by name")
    parser.add_argument("--results", type=Path, help="rounds, one JSON object a line")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where peers are installed")
    return parser.parse_args()


def main() -> None:
    options = _arguments()
    found = runners(options.only, options.cache)
    chosen = [each for each in found if not options.only or each.name in options.only]
    known = options.results.read_text().splitlines() if _exists(options.results) else []
    rounds = [Round.of(json.loads(line)) for line in known]
    with ProductShop(options.pages + WARM, options.latency) as shop:
        for _ in range(options.rounds):
            turn = len(rounds) % max(1, len(chosen))
            rounds.append(one_round([*chosen[turn:], *chosen[:turn]], shop))
            if options.results:
                with options.results.open("a") as file:
                    print(json.dumps(rounds[-1].as_dict()), file=file)
    print(Tables(rounds).all())


def _exists(path: Path | None) -> bool:
    return path is not None and path.exists()


if __name__ == "__main__":
    main()
