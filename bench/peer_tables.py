"""The rounds of peers.py as Markdown: medians, and medians of what was paired within a round."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from statistics import median
from typing import Any, Self

from markdown_table import table
from measuring import Result

OURS = "imagecrawler"
AT_ONCE = ("floor A", "floor B", OURS, "scrapy-playwright", "crawlee", "crawl4ai")
ONE = ("floor A, one", "floor B, one", "imagecrawler, one", "imagecrawler scrape")
KINDS = {
    "chromium": "Chromium",
    "python": "Python",
    "decoders": "decoders",
    "driver": "Playwright's driver",
    "postgresql": "PostgreSQL",
}
HAD = {
    "found": "found",
    "best": "at their largest",
    "requests": "requests",
    "extra": "beyond one a picture",
    "repeated": "for the same address",
    "megabytes": "MB",
}

Value = Callable[[Result], float]
Column = Callable[[str], str]


@dataclass(frozen=True)
class Round:
    """``pillow``: CPU seconds a page of yardstick.py."""

    results: Mapping[str, Result]
    pillow: float

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Self:
        results = {name: Result(**each) for name, each in fields["results"].items()}
        return cls(results, fields["pillow"])

    def as_dict(self) -> dict[str, Any]:
        return {
            "results": {name: asdict(each) for name, each in self.results.items()},
            "pillow": self.pillow,
        }


class Tables:
    """Of rounds that need not all have the same runners."""

    def __init__(self, rounds: Sequence[Round]) -> None:
        self._rounds = rounds
        self._names = {name for each in rounds for name in each.results}

    def all(self) -> str:
        pillow = median(each.pillow for each in self._rounds)
        return "\n\n".join(
            (
                self._table("four pages at once", AT_ONCE, self._speed()),
                self._table("one page at a time", ONE, self._single()),
                self._table("of a page's pictures", AT_ONCE, self._had()),
                self._table("CPU seconds a page", (*AT_ONCE, *ONE), self._cpu()),
                f"Pillow: {pillow:.3f} s a page.",
            )
        )

    def _speed(self) -> dict[str, Column]:
        return {
            "pages a minute": self._median(rate, 0),
            "of A": self._paired(rate, "floor A"),
            "of B": self._paired(rate, "floor B"),
            "of it, ours": lambda name: self._paired(rate, name)(OURS),
            **self._cost(),
        }

    def _single(self) -> dict[str, Column]:
        return {
            "seconds a page": self._median(seconds, 2),
            "of A": self._paired(seconds, "floor A, one"),
            "of B": self._paired(seconds, "floor B, one"),
            **self._cost(),
        }

    def _cost(self) -> dict[str, Column]:
        return {
            "CPU s a page": self._median(lambda each: each.cpu_seconds / each.pages, 2),
            "peak MiB": self._median(lambda each: each.memory, 0),
        }

    def _had(self) -> dict[str, Column]:
        return {
            **{head: self._median(partial(_a_page, field), 1) for field, head in HAD.items()},
            "pages without success": lambda name: str(
                sum(each.failures for each in self._of(name))
            ),
        }

    def _cpu(self) -> dict[str, Column]:
        return {
            **{head: self._median(partial(_cpu_of, kind), 3) for kind, head in KINDS.items()},
            "outside Chromium": self._median(own_cpu, 2),
            "of Pillow's": self._of_pillow,
        }

    def _table(self, title: str, names: Sequence[str], columns: Mapping[str, Column]) -> str:
        present = [name for name in names if name in self._names]
        rows = [[name, *(column(name) for column in columns.values())] for name in present]
        return table([title, *columns], rows)

    def _of(self, name: str) -> list[Result]:
        return [each.results[name] for each in self._rounds if name in each.results]

    def _median(self, value: Value, digits: int) -> Column:
        return lambda name: f"{median(map(value, self._of(name))):.{digits}f}"

    def _of_pillow(self, name: str) -> str:
        rounds = [each for each in self._rounds if name in each.results]
        return f"{median(own_cpu(each.results[name]) / each.pillow for each in rounds):.1f}"

    def _paired(self, value: Value, other: str) -> Column:
        """The median of the rounds' ratios, with the least and the greatest."""

        def column(name: str) -> str:
            both = [each.results for each in self._rounds if {name, other} <= each.results.keys()]
            ratios = [value(each[name]) / value(each[other]) for each in both]
            if not ratios:
                return ""
            return f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"

        return column


def rate(result: Result) -> float:
    """Pages a minute."""
    return result.pages / result.seconds * 60


def seconds(result: Result) -> float:
    """A page."""
    return result.seconds / result.pages


def own_cpu(result: Result) -> float:
    """Seconds a page outside Chromium."""
    return result.own_cpu / result.pages


def _a_page(field: str, result: Result) -> float:
    return float(getattr(result, field)) / result.pages


def _cpu_of(kind: str, result: Result) -> float:
    return result.cpu.get(kind, 0.0) / result.pages
