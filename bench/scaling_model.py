"""What a night takes on 1, 10 and 1,000 machines, and what gives out first.

    python bench/scaling_model.py [--pages 100000] [--domains 20000] [--unchanged 0.8] …

Simulates a night page by page: workers take jobs as the queue gives them, no domain has more pages
at once than its slots. What a page costs is measured (``python bench/recrawl.py`` prints it; the
defaults are what it printed, see docs/scaling.md), how pages spread over domains is
assumed: a Zipf law, which is what shop platforms and marketplaces make of it.
"""

from __future__ import annotations

import argparse
import heapq
import random
from collections import deque
from dataclasses import dataclass

MACHINES = (1, 10, 100, 1000)


@dataclass(frozen=True)
class Cost:
    """Of one page: seconds from begin to end, CPU seconds of a core, transactions, bytes."""

    seconds: float
    cpu: float
    transactions: float
    wal: float
    uploads: float
    upload_bytes: float


@dataclass(frozen=True)
class Night:
    """How a night went; hours, and the largest domain's share of its lanes' time."""

    hours: float
    busy: float
    longest_domain: float


def spread(pages: int, domains: int, exponent: float) -> list[int]:
    """Pages of each domain by Zipf's law, at least one, ``pages`` in all but for rounding."""
    weights = [1 / rank**exponent for rank in range(1, domains + 1)]
    total = sum(weights)
    return [max(1, round(pages * weight / total)) for weight in weights]


def simulate(
    counts: list[int], places: int, slots: int, costs: tuple[Cost, Cost], unchanged: float
) -> Night:
    """A night on workers with ``places`` pages at once in all; seconds are simulated."""
    draw = random.Random(7)
    waiting = dict(enumerate(counts))
    lanes = deque((domain, slot) for slot in range(slots) for domain in waiting)
    running: list[tuple[float, int, int]] = []
    now = work = 0.0
    finished_at = dict.fromkeys(waiting, 0.0)
    while lanes or running:
        while lanes and len(running) < places:
            domain, slot = lanes.popleft()
            if not waiting[domain]:
                continue
            waiting[domain] -= 1
            seconds = costs[draw.random() < unchanged].seconds * draw.lognormvariate(0, 0.5)
            work += seconds
            heapq.heappush(running, (now + seconds, domain, slot))
        if running:
            now, domain, slot = heapq.heappop(running)
            finished_at[domain] = now
            lanes.append((domain, slot))
    last_but_largest = max(value for domain, value in finished_at.items() if domain)
    return Night(now / 3600, work / (now * places), last_but_largest / 3600)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--domains", type=int, default=20_000)
    parser.add_argument("--zipf", type=float, default=0.8)
    parser.add_argument("--slots", type=int, default=2)
    parser.add_argument("--cores", type=int, default=2, help="of a machine")
    parser.add_argument("--at-once", type=int, default=4, help="pages at once on a machine")
    parser.add_argument("--unchanged", type=float, default=0.8, help="share of pages")
    parser.add_argument("--full", type=float, nargs=6, default=FULL, help=FIELDS)
    parser.add_argument("--same", type=float, nargs=6, default=SAME, help=FIELDS)
    options = parser.parse_args()
    costs = (Cost(*options.full), Cost(*options.same))
    share = options.unchanged
    mean = [
        (1 - share) * one + share * two for one, two in zip(options.full, options.same, strict=True)
    ]
    average = Cost(*mean)
    counts = spread(options.pages, options.domains, options.zipf)
    pages = sum(counts)
    print(f"{pages} pages of {options.domains} domains, the largest has {max(counts)}")
    print(
        f"CPU: {pages * average.cpu / 3600:.0f} core hours; "
        f"uploads: {pages * average.uploads / 1e6:.2f} million, "
        f"{pages * average.upload_bytes / 1e9:.0f} GB; "
        f"WAL: {pages * average.wal / 1e9:.1f} GB"
    )
    print(
        "machines   hours   all but the largest domain   places busy   pages/s   "
        "transactions/s   WAL MB/s"
    )
    for machines in MACHINES:
        # a page takes its CPU, however many are at once
        slowest = average.cpu * options.at_once / options.cores
        stretch = max(1.0, slowest / average.seconds)
        stretched = tuple(Cost(cost.seconds * stretch, cost.cpu, *_rest(cost)) for cost in costs)
        night = simulate(counts, machines * options.at_once, options.slots, stretched, share)
        rate = pages / (night.hours * 3600)
        print(
            f"{machines:8d} {night.hours:7.2f} {night.longest_domain:28.2f} "
            f"{night.busy:12.0%} {rate:9.1f} {rate * average.transactions:16.0f} "
            f"{rate * average.wal / 1e6:10.2f}"
        )


FIELDS = "seconds, CPU seconds, transactions, WAL bytes, uploads, bytes uploaded of a page"
FULL = (1.09, 0.92, 30.0, 56_000.0, 9.8, 1_000_000.0)
SAME = (0.74, 0.56, 18.0, 7_000.0, 0.0, 0.0)


def _rest(cost: Cost) -> tuple[float, float, float, float]:
    return cost.transactions, cost.wal, cost.uploads, cost.upload_bytes


if __name__ == "__main__":
    main()
