from __future__ import annotations

import asyncio
import json
import logging
import sys
from typing import Any

import pytest

from imagecrawler.logs import JsonFormatter, TextFormatter, Work, at_work, begin_work, redacted

FIRST = Work("job-1", "campaign-1", "shop.example")
SECOND = Work("job-2", "campaign-2", "other.example")


def _record(message: str, *args: object, **extra: Any) -> logging.LogRecord:
    fields = {"name": "imagecrawler.jobs", "levelno": logging.WARNING, "levelname": "WARNING"}
    return logging.makeLogRecord({**fields, "msg": message, "args": args, "created": 0.25, **extra})


def _line(record: logging.LogRecord) -> dict[str, str]:
    line = JsonFormatter().format(record)
    assert "\n" not in line
    found: dict[str, str] = json.loads(line)
    return found


def test_a_line_is_one_object() -> None:
    assert _line(_record("%d of\n%d", 3, 4)) == {
        "time": "1970-01-01T00:00:00.250Z",
        "level": "WARNING",
        "logger": "imagecrawler.jobs",
        "message": "3 of\n4",
    }


def test_an_exception_is_a_field() -> None:
    try:
        raise ValueError("https://cdn.example/a.jpg?sig=hush is bad")  # noqa: TRY301
    except ValueError:
        line = _line(_record("it broke", exc_info=sys.exc_info()))
    assert line["message"] == "it broke"
    assert line["exception"].startswith("Traceback")
    assert line["exception"].endswith("ValueError: https://cdn.example/a.jpg?… is bad")


def test_characters_that_no_stream_takes_are_written_all_the_same() -> None:
    assert JsonFormatter().format(_record("\ud800 é")).isascii()


def test_the_job_at_work_is_named_within_its_block_only() -> None:
    with at_work(FIRST):
        with at_work(SECOND):
            assert _line(_record("x"))["job_id"] == "job-2"
        line = _line(_record("x"))
    assert (line["job_id"], line["campaign_id"], line["domain"]) == (
        "job-1",
        "campaign-1",
        "shop.example",
    )
    assert "job_id" not in _line(_record("x"))


async def test_jobs_of_two_tasks_do_not_mix() -> None:
    async def work(job: Work) -> list[str]:
        begin_work(job)
        lines = []
        for _ in range(3):
            lines.append(_line(_record("x"))["job_id"])
            await asyncio.sleep(0)
        return lines

    assert await asyncio.gather(work(FIRST), work(SECOND)) == [["job-1"] * 3, ["job-2"] * 3]
    assert "job_id" not in _line(_record("x"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://shop.example/p?token=hush: failed", "https://shop.example/p?…: failed"),
        ("<GET https://s.example/?X-Amz-Signature=ab%3D>", "<GET https://s.example/?…>"),
        ("(https://s.example/a?b=1), and", "(https://s.example/a?…), and"),
        ("'https://s.example/p#access_token=hush'.", "'https://s.example/p?…'."),
        ("wss://b.example?token=hush", "wss://b.example?…"),
        ("postgresql://u:hush@db:5432/x", "postgresql://…@db:5432/x"),
        ("https://s.example/a?u=https://t.example/?k=hush", "https://s.example/a?…"),
        ("https://s.example/p, is it there?", "https://s.example/p, is it there?"),
        ("who@example.com asks: why?", "who@example.com asks: why?"),
    ],
)
def test_addresses_lose_what_may_be_secret(text: str, expected: str) -> None:
    assert redacted(text) == expected


def test_text_is_redacted_too() -> None:
    line = TextFormatter("%(levelname)s: %(message)s").format(_record("%s", "https://a/b?c=hush"))
    assert line == "WARNING: https://a/b?…"
