"""One runner over some pages in a process of its own, measured from outside.

Seconds are the runner's own, CPU and memory those of all its processes, requests and bytes the
shop's. What comes before the runner is ready (its start, the browser's, the warm pages) counts
nowhere.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.parse import urlsplit

import psutil
from process_tree import ProcessTree
from product_pages import WIDTHS
from product_shop import Page, ProductShop, picture_of

from imagecrawler.config import load_config
from imagecrawler.rendering.browser import launch_options

RUNNERS = Path(__file__).with_name("runners")
END_SECONDS = 60
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


@dataclass(frozen=True)
class Runner:
    """``script`` of runners/, run by ``python`` with ``environment`` besides the bench's own."""

    name: str
    script: str
    concurrency: int = 4
    python: str = sys.executable
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """``found`` pictures of the pages, ``best`` of them in their largest version.

    Found is only what the shop was asked for. ``requests`` are for pictures, ``extra`` of them
    beyond one for each picture that was asked for, in whatever size; ``repeated`` of these for an
    address that was asked for before. ``megabytes`` are their bodies. ``cpu``: seconds by kind of
    process. ``memory``: MiB at most.
    """

    runner: str
    pages: int
    seconds: float
    found: int
    best: int
    requests: int
    extra: int
    repeated: int
    megabytes: float
    cpu: dict[str, float]
    memory: float
    failures: int
    timings: list[dict[str, float]] = field(default_factory=list)

    @property
    def cpu_seconds(self) -> float:
        return sum(self.cpu.values())

    @property
    def own_cpu(self) -> float:
        """Outside Chromium."""
        return self.cpu_seconds - self.cpu.get("chromium", 0.0)


class RunnerFailed(Exception):
    """A runner ended before it was done."""


def measure(
    runner: Runner, shop: ProductShop, pages: Sequence[Page], warm: Sequence[Page]
) -> Result:
    """Raises RunnerFailed with the end of what it wrote on stderr."""
    with TemporaryFile("w+") as log, _started(runner, shop, pages, warm, log) as process:
        tree = ProcessTree(process.pid)
        try:
            _answer(process, log)
            shop.counts()
            before = tree.cpu()
            tree.reset_peak()
            _go(process)
            told = json.loads(_answer(process, log))
            used, peak = tree.cpu(), tree.peak
        finally:
            tree.stop()
        counts = shop.counts()
        _go(process)
        with suppress(subprocess.TimeoutExpired):
            process.wait(END_SECONDS)
    cpu = {kind: round(used[kind] - before[kind], 3) for kind in sorted(used)}
    return _result(runner.name, len(pages), told, counts, cpu, peak)


def environment() -> dict[str, str]:
    """This process's, but modules are compiled once, not by every process anew."""
    return {name: value for name, value in os.environ.items() if name != NO_BYTECODE}


@contextmanager
def _started(
    runner: Runner,
    shop: ProductShop,
    pages: Sequence[Page],
    warm: Sequence[Page],
    log: IO[str],
) -> Iterator[subprocess.Popen[str]]:
    options = launch_options(load_config())
    command = [runner.python, RUNNERS / runner.script, *(page.url for page in pages)]
    command += ["--concurrency", runner.concurrency, "--expected", shop.kind.elements]
    command += ["--browser", options["executable_path"]]
    command += ["--browser-arguments", json.dumps(options["args"])]
    command += ["--warm", *(page.url for page in warm)]
    process = subprocess.Popen(
        list(map(str, command)),
        env={**environment(), **runner.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """With whatever is left below one that did not end by itself."""
    if process.poll() is None:
        for each in [*psutil.Process(process.pid).children(recursive=True), process]:
            with suppress(psutil.NoSuchProcess):
                each.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def _answer(process: subprocess.Popen[str], log: IO[str]) -> str:
    if line := process.stdout.readline():
        return line
    log.seek(0)
    raise RunnerFailed(log.read()[-2000:])


def _go(process: subprocess.Popen[str]) -> None:
    process.stdin.write("go\n")
    process.stdin.flush()


def _result(
    name: str,
    pages: int,
    told: Mapping[str, Any],
    counts: Mapping[str, Sequence[int]],
    cpu: dict[str, float],
    memory: float,
) -> Result:
    asked = {path: count for path, count in counts.items() if picture_of(path)}
    widest = _widest([url for url in told["urls"] if urlsplit(url).path in asked])
    by_picture: Counter[str] = Counter()
    for path, (requests, _) in asked.items():
        by_picture[picture_of(path)[0]] += requests
    return Result(
        runner=name,
        pages=pages,
        seconds=told["seconds"],
        found=len(widest),
        best=sum(width == WIDTHS[-1] for width in widest.values()),
        requests=by_picture.total(),
        extra=by_picture.total() - len(by_picture),
        repeated=sum(requests - 1 for requests, _ in asked.values()),
        megabytes=sum(size for _, size in asked.values()) / 1e6,
        cpu=cpu,
        memory=memory,
        failures=told["failures"],
        timings=told.get("timings", []),
    )


def _widest(urls: Sequence[str]) -> dict[str, int]:
    """The width that each picture was had in."""
    found: dict[str, int] = {}
    for name, width in filter(None, map(picture_of, urls)):
        found[name] = max(width, found.get(name, 0))
    return found
