from __future__ import annotations

import json
from uuid import UUID

import pytest

from imagecrawler.presentation.differences import (
    EXAMPLES,
    Difference,
    JsonPrinter,
    Kind,
    LinePrinter,
    Report,
    difference_line,
    summary,
)

ID = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")
MISSING = Difference(Kind.MISSING, "a.jpg", "no object", False, ID, ID, "http://x/\x1b[31m")
ADOPTED = Difference(Kind.UNRECORDED, "b.jpg", "its row is rebuilt", True, ID)


def told(*differences: Difference) -> Report:
    report = Report(True, objects=3, rows=2)
    for difference in differences:
        report.add(difference)
    return report


def test_nothing_differs() -> None:
    assert summary(told()) == "3 objects, 2 rows: nothing differs"
    assert told().remaining == 0


def test_what_differs_is_counted_by_kind() -> None:
    report = told(MISSING, ADOPTED)
    report.pending = 4
    assert summary(report) == (
        "3 objects, 2 rows: 1 unrecorded, 1 missing, 1 adopted, 4 pending; 1 to be mended"
    )


def test_what_could_not_be_decided_remains() -> None:
    report = told(ADOPTED)
    report.busy = 2
    assert report.remaining == 2


def test_purged_are_deleted_ones_and_orphans() -> None:
    kinds = (Kind.DELETED, Kind.ORPHAN, Kind.MISSING)
    report = told(*(Difference(kind, "k", "", mended=True) for kind in kinds))
    assert (report.purged, report.adopted) == (2, 0)


def test_a_report_keeps_a_few_of_each_kind() -> None:
    report = told(*[MISSING] * 100, ADOPTED)
    assert report.found[Kind.MISSING] == 100
    assert report.examples == [MISSING] * EXAMPLES + [ADOPTED]


def test_a_line_names_key_image_and_origin_and_is_safe_to_print() -> None:
    line = difference_line(MISSING)
    assert line == f"differs missing     a.jpg: no object (image {ID} from http://x/ [31m)"
    assert difference_line(ADOPTED).startswith("mended  unrecorded  b.jpg: ")


@pytest.mark.parametrize("differences", [(), (MISSING,), (MISSING, ADOPTED)])
def test_json_is_one_document(
    differences: tuple[Difference, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    printer = JsonPrinter()
    for difference in differences:
        printer.tell(difference)
    printer.end(told(*differences))
    document = json.loads(capsys.readouterr().out)
    assert [each["key"] for each in document["differences"]] == [each.key for each in differences]
    assert document["objects"] == 3
    assert document["remaining"] == document["found"]["missing"] == (MISSING in differences)
    assert document["adopted"] == document["mended"]["unrecorded"] == (ADOPTED in differences)


def test_lines_end_with_the_summary(capsys: pytest.CaptureFixture[str]) -> None:
    printer = LinePrinter()
    printer.tell(MISSING)
    printer.end(told(MISSING))
    assert capsys.readouterr().out.splitlines() == [
        difference_line(MISSING),
        summary(told(MISSING)),
    ]
