"""How a batch goes, for a person at a shell: a bar while it runs, tables at its end."""

from __future__ import annotations

import time

from rich import progress
from rich.console import Console
from rich.table import Table
from rich.text import Text

from imagecrawler.batch import Batch, Counts, Pace, Summary
from imagecrawler.items import Outcome
from imagecrawler.presentation.console import plain_table
from imagecrawler.presentation.text import duration, printable
from imagecrawler.presentation.wording import OUTCOMES

#: Seconds between two lines where there is no terminal.
PLAIN_SECONDS = 10.0

NO_WORKER = "no worker is alive; start one with: imagecrawler worker"

#: Why a page that was asked for got no job of the batch.
SKIPPED = "pages already wait or run in another re-crawl"


class BatchProgress:
    """The jobs of a batch: a live bar on a terminal, else a plain line now and then."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._pace = Pace()
        self._told_at = float("-inf")
        self._unmanned = False
        self._last = ""
        self._bar = progress.Progress(
            progress.BarColumn(bar_width=24),
            progress.TaskProgressColumn(),
            progress.TextColumn("{task.description}"),
            console=console,
            transient=True,
            disable=not console.is_interactive,
        )
        self._task = self._bar.add_task("looking", total=None)

    def start(self) -> None:
        """Show the bar."""
        self._bar.start()

    def update(self, counts: Counts, workers: int) -> None:
        """``workers``: how many are alive; that there is none is said once."""
        now = time.monotonic()
        self._pace.note(now, counts.finished)
        line = progress_line(counts, self._pace)
        total = counts.finished + counts.left
        self._bar.update(self._task, description=line, completed=counts.finished, total=total)
        self._warn(counts, workers)
        if now - self._told_at >= PLAIN_SECONDS or not counts.left:
            self._told_at = now
            self._print_plain(line)

    def note(self, text: str) -> None:
        """Something went wrong that may pass; the same again is not said again."""
        if text != self._last:
            self._console.print(Text(f"warning: {printable(text)}", "yellow"), soft_wrap=True)
        self._last = text

    def stop(self) -> None:
        """Take the bar away."""
        self._bar.stop()

    def _warn(self, counts: Counts, workers: int) -> None:
        unmanned = not workers and counts.left > 0
        if unmanned and not self._unmanned:
            self._last = ""
            self.note(NO_WORKER)
        self._unmanned = unmanned

    def _print_plain(self, line: str) -> None:
        if not self._console.is_interactive:
            self._console.print(line, highlight=False, soft_wrap=True)


def progress_line(counts: Counts, pace: Pace) -> str:
    """Such as ``1,234 of 100,000, 52 pages/min, 31 h 39 min left: 1,200 succeeded, 34 failed``."""
    parts = [f"{counts.finished:,} of {counts.finished + counts.left:,}"]
    seconds = pace.seconds_for(counts.left)
    if seconds is not None:
        parts.append(f"{pace.per_minute:,.0f} pages/min")
        parts += [f"{duration(seconds)} left"] if counts.left else []
    ended = [f"{counts.ended[each]:,} {each.value}" for each in Outcome if each in counts.ended]
    return ", ".join(parts) + (f": {', '.join(ended)}" if ended else "")


def print_batch(console: Console, batch: Batch, repeated: int = 0) -> None:
    """What was put into the queue, before anything of it is crawled."""
    kept = "" if batch.new else f", under way since {batch.created_at:%Y-%m-%d %H:%M} UTC"
    console.print(f"{batch.total:,} jobs ({printable(batch.name)}{kept})", highlight=False)
    if repeated:
        console.print(f"{repeated:,} lines name a page again; skipped", highlight=False)
    if batch.skipped:
        console.print(f"{batch.skipped:,} {SKIPPED}; skipped", highlight=False)


def print_summary(console: Console, summary: Summary) -> None:
    """What became of the batch, and the commonest reasons why not all is well."""
    console.print(_outcomes(summary))
    console.print()
    if summary.failures:
        console.print(_failures(summary))
        console.print()


def _outcomes(summary: Summary) -> Table:
    counts, total = summary.counts, summary.batch.total
    table = plain_table("Jobs")
    table.add_column("", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    rows = [(OUTCOMES[each], counts.ended.get(each, 0)) for each in Outcome]
    rows += [("Still waiting or running", counts.left), ("Gone with their campaigns", summary.gone)]
    for name, count in rows:
        if count:
            table.add_row(name, f"{count:,}", f"{count / max(total, count):.1%}")
    table.add_section()
    for name, text in _figures(summary):
        table.add_row(name, text, "")
    return table


def _figures(summary: Summary) -> list[tuple[str, str]]:
    return [
        ("Pictures saved, of those found", f"{summary.images_saved:,}/{summary.images_found:,}"),
        ("Pages unchanged", f"{summary.unchanged:,}"),
        ("Duration", duration(summary.seconds)),
        ("Pages per minute", f"{summary.pages_per_minute:,.1f}"),
    ]


def _failures(summary: Summary) -> Table:
    table = plain_table("Why not all succeeded")
    table.add_column("Jobs", justify="right", no_wrap=True)
    table.add_column("Reason")
    table.add_column("For example")
    for failure in summary.failures:
        reason = failure.detail or OUTCOMES[Outcome(failure.outcome)]
        example = Text(printable(failure.url), overflow="fold")
        table.add_row(f"{failure.count:,}", Text(printable(reason)), example)
    return table
