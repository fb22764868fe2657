import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from rich.console import Console

from imagecrawler.presentation.status import print_status, status_json
from imagecrawler.queue_status import (
    BatchUnderWay,
    JobsOfPriority,
    QueueStatus,
    SiteOnHold,
    WaitingDomain,
)

AT = datetime(2026, 3, 1, 1, tzinfo=UTC)
NOTHING = QueueStatus(AT, 0, 0, (), {}, (), 0, (), 0, None, (), 0)
BUSY = QueueStatus(
    at=AT,
    workers=3,
    running=12,
    priorities=(JobsOfPriority(100, 1, 0, 2.0), JobsOfPriority(0, 99_000, 40, 5_400.0)),
    last_day={"succeeded": 1_500, "blocked": 3},
    domains=(WaitingDomain("big-shop.example", 9_998),),
    sites_on_hold=12,
    held_longest=(SiteOnHold("slow.example", AT + timedelta(minutes=5)),),
    pages_due=70,
    next_night=AT + timedelta(hours=1),
    batches=(
        BatchUnderWay(uuid4(), "file", "pages.jsonl", AT, 200, 50),
        BatchUnderWay(uuid4(), "recrawl", "all pages", AT, 0, 70),
    ),
    to_purge=4,
)


def printed(status: QueueStatus) -> str:
    console = Console(file=io.StringIO(), width=100, force_terminal=False)
    print_status(console, status)
    assert isinstance(console.file, io.StringIO)
    return "\n".join(" ".join(line.split()) for line in console.file.getvalue().splitlines())


def test_a_busy_queue_is_told_in_full():
    text = printed(BUSY)
    for expected in (
        "Workers alive 3",
        "Jobs waiting 99,001, 40 of them held back",
        "Jobs running 12",
        "Oldest waiting 1 h 30 min",
        "Ended within 24 h 1,500 succeeded, 3 blocked",
        "Pages due 70",
        "Next night 2026-03-01 02:00 UTC, in 1 h 0 min",
        "Objects to be purged 4",
        "interactive 1 0 2 s",
        "nightly 99,000 40 1 h 30 min",
        "file pages.jsonl 2026-03-01 01:00 75.0% of 200 50",
        "recrawl all pages 2026-03-01 01:00 being put in 70",
        "big-shop.example 9,998",
        "Sites on hold (12)",
        "slow.example 2026-03-01 01:05 UTC, in 5 min",
    ):
        assert expected in text
    assert "warning" not in text


def test_an_empty_queue_has_no_empty_tables():
    text = printed(NOTHING)
    assert "Jobs waiting 0\nJobs running 0\nEnded within 24 h 0" in text
    assert "Next night never" in text
    assert "Batches" not in text
    assert "warning" not in text


def test_waiting_without_a_worker_is_worth_a_warning():
    assert "imagecrawler worker" in printed(replace(BUSY, workers=0))


def test_machines_get_the_same():
    known = json.loads(status_json(BUSY))
    assert (known["waiting"], known["held_back"], known["running"]) == (99_001, 40, 12)
    assert known["oldest_seconds"] == 5_400
    assert known["next_night"] == "2026-03-01T02:00:00+00:00"
    assert known["domains"] == [{"domain": "big-shop.example", "waiting": 9_998}]
    assert known["batches"][0]["left"] == 50
    assert json.loads(status_json(NOTHING))["oldest_seconds"] is None
