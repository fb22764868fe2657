"""How bulk grows: with pages at once, with pictures a page, with the page's own weight.

    python bench/scaling.py [--quick] [--latency 0.03]

One standing worker that drains a queue (runners/bulk.py) on pages of product_shop.py. Pages a
minute and memory against 1, 2, 4 and 8 pages at once; seconds and CPU a page against 10 to 500
pictures, and against 0.1 to 5 MB of script and as much markup, with 4 at once. --quick takes fewer
pages, and of each curve the ends and the middle. The first run draws 1,500 pictures, which takes
a minute or two.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from markdown_table import row, table
from measuring import Result, Runner, measure
from peer_tables import own_cpu, rate, seconds
from product_pages import PICTURES, Kind
from product_shop import ProductShop

AT_ONCE = 4
QUICK_PAGES = 6
WARM = 1

Row = tuple[str, Result]
Curve = Callable[[int, float, Sequence[Any]], Iterable[Row]]


def run(pages: int, latency: float, kind: Kind, at_once: int) -> Result:
    with ProductShop(pages + WARM, latency, kind) as shop:
        runner = Runner("imagecrawler", "bulk.py", at_once)
        return measure(runner, shop, shop.pages[:-WARM], shop.pages[-WARM:])


def by_concurrency(pages: int, latency: float, values: Sequence[int]) -> Iterable[Row]:
    for value in values:
        yield str(value), run(pages, latency, Kind(), value)


def by_pictures(pages: int, latency: float, values: Sequence[int]) -> Iterable[Row]:
    """No more pictures than of usual pages, but two pages."""
    for value in values:
        count = min(pages, max(2, pages * PICTURES // value))
        yield str(value), run(count, latency, Kind(pictures=value), AT_ONCE)


def by_weight(pages: int, latency: float, values: Sequence[float]) -> Iterable[Row]:
    for value in values:
        yield f"{value:g}", run(pages, latency, Kind(filler=value), AT_ONCE)


CURVES: dict[str, tuple[str, Sequence[Any], Curve]] = {
    "concurrency": ("pages at once", (1, 2, 4, 8), by_concurrency),
    "pictures": ("pictures a page", (10, 30, 100, 250, 500), by_pictures),
    "weight": ("MB of script and of markup", (0.1, 1.0, 5.0), by_weight),
}


def show(head: str, rows: Iterable[Row]) -> None:
    columns: dict[str, Callable[[Result], str]] = {
        "pages": lambda each: f"{each.pages}",
        "pages a minute": lambda each: f"{rate(each):.0f}",
        "seconds a page": lambda each: f"{seconds(each):.2f}",
        "CPU s a page": lambda each: f"{each.cpu_seconds / each.pages:.2f}",
        "outside Chromium": lambda each: f"{own_cpu(each):.2f}",
        "CPU ms a picture": lambda each: f"{each.cpu_seconds / max(1, each.found) * 1000:.0f}",
        "peak MiB": lambda each: f"{each.memory:.0f}",
        "found": lambda each: f"{each.found / each.pages:.1f}",
        "pages without success": lambda each: f"{each.failures}",
    }
    print(table([head, *columns], ()), flush=True)
    for name, result in rows:
        print(row([name, *(column(result) for column in columns.values())]), flush=True)
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--pages", type=int, default=16)
    parser.add_argument("--latency", type=float, default=0.03, help="seconds of every answer")
    parser.add_argument("--only", choices=CURVES)
    options = parser.parse_args()
    pages = QUICK_PAGES if options.quick else options.pages
    for name, (head, values, curve) in CURVES.items():
        if options.only in (None, name):
            chosen = _ends_and_middle(values) if options.quick else values
            show(head, curve(pages, options.latency, chosen))


def _ends_and_middle(values: Sequence[float]) -> Sequence[float]:
    return values[0], values[len(values) // 2], values[-1]


if __name__ == "__main__":
    main()
