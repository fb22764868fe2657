import io
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from rich.console import Console

from imagecrawler.batch import Batch, Counts, Failure, Pace, Summary
from imagecrawler.presentation.batch import (
    NO_WORKER,
    BatchProgress,
    print_batch,
    print_summary,
    progress_line,
)

BATCH = Batch(uuid4(), "file", "pages.jsonl", 8, datetime(2026, 3, 1, 2, tzinfo=UTC), skipped=2)


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=100, force_terminal=False)


def lines(console: Console) -> list[str]:
    assert isinstance(console.file, io.StringIO)
    return [line.strip() for line in console.file.getvalue().splitlines() if line.strip()]


def test_a_line_tells_pace_rest_and_outcomes():
    pace = Pace()
    pace.note(0, 0)
    pace.note(60, 30)
    counts = Counts(1200, 15, {"failed": 5, "succeeded": 25})
    assert progress_line(counts, pace) == (
        "30 of 1,245, 30 pages/min, 40 min left: 25 succeeded, 5 failed"
    )


def test_before_the_first_end_there_is_no_pace():
    assert progress_line(Counts(3, 1), Pace()) == "0 of 4"


def test_without_a_terminal_lines_are_few(console):
    progress = BatchProgress(console)
    progress.start()
    for ended in range(5):
        progress.update(Counts(4 - ended, 0, {"succeeded": ended}), 1)
    progress.stop()
    first, last = lines(console)
    assert first.startswith("0 of 4")
    assert last.startswith("4 of 4")


def test_that_no_worker_is_alive_is_said_once(console):
    progress = BatchProgress(console)
    for workers in (0, 0, 1, 0):
        progress.update(Counts(4), workers)
    assert [line for line in lines(console) if NO_WORKER in line] == [f"warning: {NO_WORKER}"] * 2


def test_nobody_is_missed_when_all_is_done(console):
    BatchProgress(console).update(Counts(ended={"failed": 1}), 0)
    assert not any(NO_WORKER in line for line in lines(console))


def test_the_same_trouble_is_told_once(console):
    progress = BatchProgress(console)
    for text in ("the database is away", "the database is away", "it is still away"):
        progress.note(text)
    assert lines(console) == ["warning: the database is away", "warning: it is still away"]


def test_what_was_skipped_is_told(console):
    print_batch(console, BATCH, repeated=3)
    assert lines(console) == [
        "8 jobs (pages.jsonl)",
        "3 lines name a page again; skipped",
        "2 pages already wait or run in another re-crawl; skipped",
    ]


def test_the_summary_has_outcomes_figures_and_reasons(console):
    failure = Failure("failed", "the site answers HTTP 404\x1b[1m", 2, "https://shop.example/p/1")
    counts = Counts(ended={"succeeded": 5, "failed": 2})
    print_summary(console, Summary(BATCH, counts, 70, 40, 3, 120, None, (failure,)))
    text = "\n".join(" ".join(line.split()) for line in lines(console))
    for expected in (
        "Succeeded 5 62.5%",
        "Failed 2 25.0%",
        "Gone with their campaigns 1 12.5%",
        "Pictures saved, of those found 40/70",
        "Pages unchanged 3",
        "Duration 2 min",
        "Pages per minute 3.5",
        "2 the site answers HTTP 404 [1m https://shop.example/p/1",
    ):
        assert expected in text
    assert "Blocked" not in text
    assert "\x1b" not in text
