"""How the queue stands, for a person at a terminal and for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from rich.console import Console
from rich.table import Table
from rich.text import Text

from imagecrawler.presentation.batch import NO_WORKER
from imagecrawler.presentation.console import plain_table
from imagecrawler.presentation.text import duration, printable
from imagecrawler.queue_status import BatchUnderWay, QueueStatus

PRIORITIES = {0: "nightly", 100: "interactive"}


def status_json(status: QueueStatus) -> str:
    """All of it; times are ISO 8601, in UTC."""
    sums = {name: getattr(status, name) for name in ("waiting", "held_back")}
    known = asdict(status) | sums | {"oldest_seconds": status.oldest_seconds}
    return json.dumps(known, indent=2, default=_plain)


def print_status(console: Console, status: QueueStatus) -> None:
    """Prints a table of figures, then those of priorities, batches, domains and sites on hold."""
    console.print(_figures(status))
    if not status.workers and status.waiting:
        console.print(Text(f"warning: {NO_WORKER}", "yellow"), soft_wrap=True)
    console.print()
    for table in filter(lambda table: table.row_count, _lists(status)):
        console.print(table)
        console.print()


def _figures(status: QueueStatus) -> Table:
    table = plain_table("", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for name, value in _lines(status):
        table.add_row(name, value)
    return table


def _lines(status: QueueStatus) -> Iterator[tuple[str, str]]:
    held = f", {status.held_back:,} of them held back" if status.held_back else ""
    yield "Workers alive", f"{status.workers:,}"
    yield "Jobs waiting", f"{status.waiting:,}{held}"
    yield "Jobs running", f"{status.running:,}"
    if status.oldest_seconds is not None:
        yield "Oldest waiting", duration(status.oldest_seconds)
    ended = [f"{count:,} {outcome}" for outcome, count in status.last_day.items()]
    yield "Ended within 24 h", ", ".join(ended) or "0"
    yield "Pages due", f"{status.pages_due:,}"
    yield "Next night", _moment(status.next_night, status.at) if status.next_night else "never"
    yield "Objects to be purged", f"{status.to_purge:,}"


def _lists(status: QueueStatus) -> Iterator[Table]:
    yield _list(
        "Waiting by priority",
        ("", "Waiting", "Held back", "Oldest"),
        (
            (
                PRIORITIES.get(each.priority, str(each.priority)),
                f"{each.waiting:,}",
                f"{each.held_back:,}",
                duration(each.oldest_seconds),
            )
            for each in status.priorities
        ),
    )
    yield _list("Batches under way", ("", "Since", "Ended", "Left"), map(_batch, status.batches))
    domains = ((each.domain, f"{each.waiting:,}") for each in status.domains)
    yield _list("Most waiting", ("", "Pages"), domains)
    on_hold = ((each.domain, _moment(each.until, status.at)) for each in status.held_longest)
    yield _list(f"Sites on hold ({status.sites_on_hold:,})", ("", "Until"), on_hold)


def _batch(batch: BatchUnderWay) -> tuple[str, ...]:
    since, left = f"{batch.created_at:%Y-%m-%d %H:%M}", f"{batch.left:,}"
    if not batch.total:
        return f"{batch.kind} {batch.name}", since, "being put in", left
    share = f"{max(0, batch.total - batch.left) / batch.total:.1%} of {batch.total:,}"
    return f"{batch.kind} {batch.name}", since, share, left


def _list(title: str, headings: Iterable[str], rows: Iterable[tuple[str, ...]]) -> Table:
    table = plain_table(title)
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="right" if index else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    return table


def _moment(at: datetime, now: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC, in {duration((at - now).total_seconds())}"


def _plain(value: UUID | datetime) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
