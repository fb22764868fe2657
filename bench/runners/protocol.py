"""How a runner and the bench talk. Standard library only: runners live in several environments.

A runner starts up, crawls the warm pages, says ``ready`` on stdout and waits for a line on stdin.
Then it crawls the pages, writes one JSON object and waits again, so that it and what it has started
are still there to be measured. Whatever else is printed on stdout goes to stderr.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import sys
from dataclasses import dataclass
from typing import Any

PR_SET_CHILD_SUBREAPER = 36

#: What anybody would do for lazy pictures: a screen at a time, with time for each to be drawn.
SCROLL = """async () => {
  const frame = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const root = document.scrollingElement;
  for (let y = 0; y + innerHeight < root.scrollHeight;) {
    y += innerHeight * 0.8;
    root.scrollTo({ top: y, behavior: 'instant' });
    await frame();
  }
}"""


@dataclass(frozen=True)
class Task:
    """What the bench asks for. ``expected``: <img> in the document of each page."""

    pages: list[str]
    warm: list[str]
    concurrency: int
    expected: int
    browser: str
    browser_arguments: list[str]


class Bench:
    """The other side."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)
        self.task = _task()
        _keep_orphans()

    def ready(self) -> None:
        """Until the bench says go."""
        self._say("ready")

    def done(self, seconds: float, urls: list[str], failures: int = 0, **more: Any) -> None:
        """``urls`` of the pictures that were had; until the bench has measured."""
        told = {"seconds": seconds, "urls": urls, "failures": failures, **more}
        self._say(json.dumps(told))

    def _say(self, line: str) -> None:
        print(line, file=self._out, flush=True)
        sys.stdin.readline()


def _task() -> Task:
    parser = argparse.ArgumentParser()
    parser.add_argument("pages", nargs="+")
    parser.add_argument("--warm", nargs="*", default=[])
    parser.add_argument("--concurrency", type=int, default=1)
    parser.add_argument("--expected", type=int, default=0)
    parser.add_argument("--browser", required=True)
    parser.add_argument("--browser-arguments", type=json.loads, default=[])
    return Task(**vars(parser.parse_args()))


def _keep_orphans() -> None:
    """Servers that detach themselves, as PostgreSQL does, stay below this process (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
