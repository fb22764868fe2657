"""How long the command takes to start: --help, and one page by a process of its own.

    python bench/startup.py [--runs 5] [--imports]

In turns: ``imagecrawler --help``; ``imagecrawler scrape`` on a page of product_shop.py, its
database made before; floor A from the start of its process to the page's last picture, browser
start included. Bars: 0.3 s for --help, 1.5 s for what scrape takes beyond the floor. --imports
lists what the imports of both commands cost, the dearest first.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).with_name("runners")))

from installation import installation
from markdown_table import table
from measuring import NO_BYTECODE, RUNNERS
from product_shop import Page, ProductShop

from imagecrawler.config import load_config
from imagecrawler.rendering.browser import find_browser

COMMAND = (sys.executable, "-m", "imagecrawler")
HELP_SECONDS = 0.3
OVERHEAD_SECONDS = 1.5
DEAREST = 10
_IMPORT = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|(\s+)(\S+)")


def timed(*command: str) -> float:
    began = perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return perf_counter() - began


def floor(page: Page, browser: str) -> float:
    """Until it has the page's pictures; what comes after is its end."""
    began = perf_counter()
    command = [sys.executable, RUNNERS / "floor.py", page.url, "--expected", page.expected]
    with subprocess.Popen(
        [*map(str, command), "--browser", browser],
        env={**os.environ, "BENCH_FLOOR": "A"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        for _ in ("ready", "done"):
            process.stdin.write("go\n")
            process.stdin.flush()
        answers = [process.stdout.readline() for _ in ("ready", "done")]
        seconds = perf_counter() - began
    if not answers[-1]:
        raise SystemExit("floor A failed; it says why above")
    return seconds


def imports(*arguments: str) -> list[tuple[str, float, float]]:
    """The ten dearest modules: milliseconds of their own, and with all that they import."""
    command = [sys.executable, "-X", "importtime", *COMMAND[1:], *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = [
        (match[4], int(match[1]) / 1000, int(match[2]) / 1000)
        for match in _IMPORT.finditer(done.stderr)
    ]
    return sorted(found, key=lambda each: -each[2])[:DEAREST]


def measure(page: Page, browser: str, runs: int) -> dict[str, list[float]]:
    actions: dict[str, Callable[[], float]] = {
        "--help": lambda: timed(*COMMAND, "--help"),
        "scrape": lambda: timed(*COMMAND, "scrape", page.url, "--json"),
        "floor A": lambda: floor(page, browser),
    }
    for action in actions.values():
        action()  # compiles modules and makes the database
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(runs):
        for name, action in actions.items():
            taken[name].append(action())
    return taken


def report(taken: dict[str, list[float]]) -> None:
    beyond = [ours - bare for ours, bare in zip(taken["scrape"], taken["floor A"], strict=True)]
    rows = [(f"`imagecrawler {name}`", values) for name, values in taken.items() if "A" not in name]
    rows += [("floor A, started for the page", taken["floor A"]), ("scrape beyond it", beyond)]
    bars = {"`imagecrawler --help`": HELP_SECONDS, "scrape beyond it": OVERHEAD_SECONDS}
    print(table(["", "seconds", "range", "bar"], [_cells(*row, bars) for row in rows]))


def _cells(name: str, values: list[float], bars: dict[str, float]) -> list[str]:
    bar = f"{bars[name]:.1f}" if name in bars else ""
    return [name, f"{median(values):.2f}", f"{min(values):.2f} to {max(values):.2f}", bar]


def report_imports(page: Page) -> None:
    for arguments in (("--help",), ("scrape", page.url, "--json")):
        rows = ((name, f"{own:.0f}", f"{all_:.0f}") for name, own, all_ in imports(*arguments))
        head = [f"`imagecrawler {arguments[0]}` imports", "ms of its own", "ms in all"]
        print(table(head, rows), end="\n\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--latency", type=float, default=0.03, help="seconds of every answer")
    parser.add_argument("--imports", action="store_true")
    options = parser.parse_args()
    os.environ.pop(NO_BYTECODE, None)
    browser = str(find_browser(load_config()))
    with ProductShop(1, options.latency) as shop, installation(browser):
        report(measure(shop.pages[0], browser, options.runs))
        if options.imports:
            print()
            report_imports(shop.pages[0])


if __name__ == "__main__":
    main()
