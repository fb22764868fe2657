"""What is logged, as text or as one JSON object a line, with the ids of the job at work.

The ids come from a context variable. Set it in the task that does the job's work and nowhere
else: what the task starts inherits it, and connections and browsers outlive the job.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias

Format: TypeAlias = Literal["text", "json"]

#: Their DEBUG lines quote signatures and headers of requests to the store.
TALKATIVE = ("botocore", "boto3", "s3transfer", "urllib3")

_USER = re.compile(r"\b([a-z][a-z0-9+.-]*://)[^\s/?#@'\"<>]+@", re.I)
_QUERY = re.compile(
    r"\b((?:https?|wss?)://[^\s?#'\"<>]*)[?#]\S*?(?=[.,:;)\]}]*(?:[\s'\"<>]|$))", re.I
)


@dataclass(frozen=True, slots=True)
class Work:
    """The job that a task is at work for; ``domain`` is the page's registrable one."""

    job_id: str
    campaign_id: str
    domain: str


_WORK: ContextVar[Work | None] = ContextVar("work", default=None)


def begin_work(work: Work | None) -> None:
    """What the current task logs from now on is ``work``'s; with None, nobody's."""
    _WORK.set(work)


@contextmanager
def at_work(work: Work) -> Iterator[None]:
    """What is logged within the block is ``work``'s."""
    token = _WORK.set(work)
    try:
        yield
    finally:
        _WORK.reset(token)


def redacted(text: str) -> str:
    """Without the queries of addresses, which may be signed or carry a token, nor users in them."""
    return _QUERY.sub(r"\1?…", _USER.sub(r"\1…@", text))


class TextFormatter(logging.Formatter):
    """The usual lines, redacted."""

    def format(self, record: logging.LogRecord) -> str:
        """As logging asks."""
        return redacted(super().format(record))


class JsonFormatter(logging.Formatter):
    """One object a line: time (ISO 8601, UTC), level, logger and message.

    Where there are any, also job_id, campaign_id, domain and exception, which is the traceback.
    """

    def format(self, record: logging.LogRecord) -> str:
        """As logging asks."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        if (work := _WORK.get()) is not None:
            line |= asdict(work)
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = redacted(self.formatException(record.exc_info))
        return json.dumps(line)


def install(handler: logging.Handler, style: Format, level: str, text: logging.Formatter) -> None:
    """Make ``handler`` the root's, for lines from ``level`` on; ``text``: what text looks like."""
    handler.setFormatter(JsonFormatter() if style == "json" else text)
    handler.setLevel(level)
    logging.root.addHandler(handler)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.INFO)
