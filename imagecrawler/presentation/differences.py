"""What ``imagecrawler reconcile`` found, as data, as lines for a person and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol
from uuid import UUID

from imagecrawler.presentation.text import printable

#: Differences of each kind that a report keeps; all others are only counted.
EXAMPLES = 5


class Kind(StrEnum):
    """How store and database differ.

    Of an object without a row: ``unrecorded`` (its row can be rebuilt), ``deleted`` (its image
    was deleted), ``orphan`` (its campaign was deleted before the row was written), ``foreign``
    (its campaign has no owner, or is unknown and so is the key: another database's), ``conflict``
    (its number or its bytes belong to another key), ``unreadable`` (it does not tell what its row
    needs). Of a row: ``missing`` (no object), ``wrong_size`` (not the object it describes).
    """

    UNRECORDED = "unrecorded"
    DELETED = "deleted"
    ORPHAN = "orphan"
    FOREIGN = "foreign"
    CONFLICT = "conflict"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    WRONG_SIZE = "wrong_size"


PURGED: Final = (Kind.DELETED, Kind.ORPHAN)


@dataclass(frozen=True, slots=True)
class Difference:
    """One key where store and database differ; ``mended``: nothing is left to do for a person.

    ``image_id`` and ``url`` (where the picture came from) are known where there is a row.
    """

    kind: Kind
    key: str
    detail: str
    mended: bool = False
    campaign_id: UUID | None = None
    image_id: UUID | None = None
    url: str = ""


@dataclass(slots=True)
class Report:
    """What was compared and what came of it.

    ``young`` objects may belong to a crawl that is still to write their rows, ``pending`` ones
    wait in ``deleted_objects``, ``other`` ones are not the crawler's. None of these differ.
    ``busy`` are those whose campaign could not be held, so that nothing was decided.
    """

    fix: bool
    objects: int = 0
    rows: int = 0
    young: int = 0
    pending: int = 0
    other: int = 0
    busy: int = 0
    found: Counter[Kind] = field(default_factory=Counter)
    mended: Counter[Kind] = field(default_factory=Counter)
    examples: list[Difference] = field(default_factory=list)

    def add(self, difference: Difference) -> None:
        """Count it, and keep it if it is one of the first of its kind."""
        self.found[difference.kind] += 1
        self.mended[difference.kind] += difference.mended
        if self.found[difference.kind] <= EXAMPLES:
            self.examples.append(difference)

    @property
    def remaining(self) -> int:
        """Differences that were not mended, and keys that could not be decided."""
        return self.found.total() - self.mended.total() + self.busy

    @property
    def adopted(self) -> int:
        """Rows that were rebuilt."""
        return self.mended[Kind.UNRECORDED]

    @property
    def purged(self) -> int:
        """Objects that were put up for deletion."""
        return sum(self.mended[kind] for kind in PURGED)


class Printer(Protocol):
    """Shows differences one by one, as there may be millions, and then the report."""

    def tell(self, difference: Difference) -> None:
        """Show one difference."""

    def end(self, report: Report) -> None:
        """Show the counts."""


class LinePrinter:
    """A line for each difference and a summary."""

    def tell(self, difference: Difference) -> None:
        """See :meth:`Printer.tell`."""
        print(difference_line(difference))

    def end(self, report: Report) -> None:
        """See :meth:`Printer.end`."""
        print(summary(report))


class JsonPrinter:
    """One JSON document, written piece by piece; cut short where an error ends it."""

    def __init__(self) -> None:
        self._separator = '{"differences": [\n'

    def tell(self, difference: Difference) -> None:
        """See :meth:`Printer.tell`."""
        print(self._separator + json.dumps(asdict(difference), default=str), end="")
        self._separator = ",\n"

    def end(self, report: Report) -> None:
        """See :meth:`Printer.end`."""
        opening = "\n" if self._separator.startswith(",") else self._separator
        print(opening + "], " + json.dumps(counts(report))[1:])


def difference_line(difference: Difference) -> str:
    """``mended  missing      KEY: detail (image ID from URL)``, fit for a terminal."""
    state = "mended" if difference.mended else "differs"
    origin = f" from {difference.url}" if difference.url else ""
    image = f" (image {difference.image_id}{origin})" if difference.image_id else ""
    line = f"{state:<8}{difference.kind:<12}{difference.key}: {difference.detail}{image}"
    return printable(line)


def summary(report: Report) -> str:
    """All counts in one line, what did not occur left out."""
    kinds = [(kind.value, report.found[kind]) for kind in Kind]
    rest = [(name, getattr(report, name)) for name in _OCCASIONAL]
    listed = ", ".join(f"{number} {name}" for name, number in kinds + rest if number)
    remaining = f"; {report.remaining} to be mended" if report.remaining else ""
    both = f"{report.objects} objects, {report.rows} rows"
    return f"{both}: {listed or 'nothing differs'}{remaining}"


_OCCASIONAL: Final = ("adopted", "purged", "pending", "young", "other", "busy")


def counts(report: Report) -> dict[str, Any]:
    """The report's counts as JSON-serialisable data; ``found`` and ``mended`` are by kind."""
    names = ("fix", "objects", "rows", *_OCCASIONAL, "remaining")
    single = {name: getattr(report, name) for name in names}
    by_kind = {
        name: {kind.value: getattr(report, name)[kind] for kind in Kind}
        for name in ("found", "mended")
    }
    return single | by_kind
