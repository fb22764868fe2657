"""Tables of results for the documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(map(row, (head, ["---"] * len(head), *rows)))


def row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
