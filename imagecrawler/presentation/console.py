"""What a person at a shell sees: progress while it runs, the result, where to look."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from rich import box, progress
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.style import Style
from rich.table import Table
from rich.text import Text

from imagecrawler.items import Outcome, PageItem, Rejection, StoredImage
from imagecrawler.presentation.text import file_name, file_size, link_target, printable, shorten
from imagecrawler.presentation.wording import OUTCOMES, by_reason, label

STAGES = ("rendered", "found", "downloaded", "scored", "stored")
EXAMPLES = 3
# Below this many columns a URL shows its file name only.
NARROW = 40
STYLES = {
    Outcome.SUCCEEDED: "bold green",
    Outcome.PARTIAL: "bold yellow",
    Outcome.BLOCKED: "bold red",
    Outcome.FAILED: "bold red",
}


class Progress:
    """The stages of one page: a live line on a terminal, else one plain line a stage."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._reached: dict[str, int] = {}
        self._plain = ""
        self._bar = progress.Progress(
            progress.SpinnerColumn(),
            progress.TextColumn("{task.description}"),
            progress.BarColumn(bar_width=24),
            progress.TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_interactive,
        )
        self._task = self._bar.add_task("starting", total=None)

    def start(self) -> None:
        """Show the line."""
        self._bar.start()

    def update(self, stage: str, count: int, total: int | None = None) -> None:
        """Report that ``count`` pictures (of ``total``) have passed ``stage``.

        Raises ValueError for a stage that is not one of STAGES.
        """
        if stage not in STAGES:
            raise ValueError(f"unknown stage {stage!r}: expected one of {', '.join(STAGES)}")
        if stage not in self._reached:
            self._print_plain()
        self._reached[stage] = count
        share = f"/{total}" if total else ""
        self._plain = f"{stage:<11} {count}{share}"
        line = ", ".join(f"{name} {passed}" for name, passed in self._reached.items()) + share
        self._bar.update(self._task, description=line, completed=count, total=total)

    def stop(self) -> None:
        """Take the live line away, or print the last plain one."""
        self._bar.stop()
        self._print_plain()

    def _print_plain(self) -> None:
        if self._plain and not self._console.is_interactive:
            self._console.print(self._plain, highlight=False)
        self._plain = ""


class _Url:
    """A URL on one line that gives up what matters least where the column is narrow."""

    def __init__(self, url: str, prefix: str = "") -> None:
        self._text, self._link, self._prefix = printable(url), link_target(url), prefix

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width - len(self._prefix)
        narrow = len(self._text) > width and width < NARROW
        shown = shorten(file_name(self._text) if narrow else self._text, width)
        text = Text.assemble(self._prefix, (shown, Style(link=self._link)))
        text.no_wrap, text.overflow = True, "ellipsis"
        yield text

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        width = len(self._prefix) + len(self._text)
        return Measurement(12, max(12, width)).with_maximum(options.max_width)


def print_result(console: Console, item: PageItem) -> None:
    """Print the headline, what was saved, and what was not and why."""
    _print_headline(console, item)
    if item.stored:
        console.print(_saved(item.stored))
        console.print()
    if item.rejections:
        console.print(_rejected(item.rejections))
        console.print()


def print_where(console: Console, item: PageItem, report_path: Path | None = None) -> None:
    """Print where the images and the report lie; nothing where there is neither."""
    if item.stored:
        base = item.stored[0].cdn_url.rpartition("/")[0] + "/"
        _print_place(console, "Images", base)
    if report_path:
        _print_place(console, "Report", report_path.absolute().as_uri())


def _print_headline(console: Console, item: PageItem) -> None:
    saved, seconds = len(item.stored), sum(item.timings.values())
    counts = f"{saved} saved, {item.found - saved} skipped of {item.found} found"
    console.print()
    console.print(
        Text.assemble(
            (OUTCOMES[item.outcome], STYLES[item.outcome]), f": {counts} in {seconds:.1f} s"
        )
    )
    if item.detail:
        console.print(Text(printable(item.detail), "red"))
    if item.title:
        console.print(Text(printable(item.title), "bold", no_wrap=True, overflow="ellipsis"))
    console.print(_Url(item.target.url), style="dim")
    console.print()


def plain_table(title: str, *, show_header: bool = True) -> Table:
    """Without a frame, its title to the left."""
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        show_header=show_header,
        padding=(0, 1, 0, 0),
    )


def _saved(images: tuple[StoredImage, ...]) -> Table:
    table = plain_table(f"Saved ({len(images)})")
    for heading in ("Type", "Score", "Pixels", "Size", "Format", "Key", "From"):
        right = heading in ("Score", "Pixels", "Size")
        table.add_column(heading, justify="right" if right else "left", no_wrap=heading != "From")
    for stored in images:
        scored, measured = stored.scored, stored.scored.measured
        key = Text(
            printable(stored.key.rpartition("/")[2]), Style(link=link_target(stored.cdn_url))
        )
        table.add_row(
            Text(scored.role, "bold" if scored.is_hero else ""),
            f"{scored.quality:.1f}",
            f"{measured.width}x{measured.height}",
            file_size(len(scored.image.body)),
            Text(measured.format),
            key,
            _Url(scored.url),
        )
    return table


def _rejected(rejections: tuple[Rejection, ...]) -> Table:
    table = plain_table(f"Not saved ({len(rejections)})")
    table.add_column("Why", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("Image")
    table.add_column("Detail")
    for reason, group in by_reason(rejections).items():
        for index, rejection in enumerate(group[:EXAMPLES]):
            head = ("", "") if index else (label(reason), str(len(group)))
            table.add_row(*head, _Url(rejection.url), _why(rejection))
        if len(group) > EXAMPLES:
            table.add_row("", "", Text(f"and {len(group) - EXAMPLES} more", "dim"), "")
    return table


def _why(rejection: Rejection) -> Group:
    lines: list[RenderableType] = []
    if rejection.detail:
        lines.append(Text(printable(rejection.detail)))
    if rejection.duplicate_of:
        lines.append(_Url(rejection.duplicate_of, prefix="of "))
    return Group(*lines)


def _print_place(console: Console, name: str, url: str) -> None:
    parts = urlsplit(url)
    shown = unquote(parts.path) if parts.scheme == "file" else url
    line = Text.assemble((f"{name}  ", "bold"), (printable(shown), Style(link=link_target(url))))
    console.print(line, soft_wrap=True)
