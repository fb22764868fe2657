"""Standing workers as processes, and all that they begin."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from installation import PROJECT, Installation

SECONDS = 60
WAITING = "waiting for jobs"
FINISHING = "finishing what is held"
STANDING = ("scrapy", "crawl", "sales_page", "-a", "queue=1", "-s", "IMAGECRAWLER_WORKER_SILENCE=1")
CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def until(condition: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def _is_browser(process: psutil.Process) -> bool:
    """Chromium's helpers have a type, and the script that starts Debian's is a shell."""
    try:
        return "chrom" in process.exe() and "--type=" not in " ".join(process.cmdline())
    except psutil.Error:
        return False  # gone, or a zombie


class WorkerProcess:
    """A worker as an operator runs it, and all processes it has begun."""

    def __init__(
        self,
        installation: Installation,
        log: Path,
        command: tuple[str, ...],
        *,
        patient: bool = True,
    ) -> None:
        self._log = log
        with log.open("w") as stream:
            self.process = psutil.Popen(
                [sys.executable, "-m", *command],
                env=installation.environment,
                cwd=PROJECT,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        self.family: set[psutil.Process] = set()
        if patient:
            self.until_logged(WAITING)

    def until_logged(self, text: str) -> None:
        until(lambda: text in self._log.read_text() or not self.process.is_running(), text)
        assert text in self._log.read_text()

    def browsers(self) -> set[psutil.Process]:
        """Chromium's main processes, alive."""
        self.family |= set(self.process.children(recursive=True))
        return set(filter(_is_browser, self.family))

    def stop(self, *signals: signal.Signals) -> int:
        """The exit code; nothing that it had begun is left."""
        self.browsers()
        for number, each in enumerate(signals):
            if number:
                self.until_logged(FINISHING)
            self.process.send_signal(each)
        code: int = self.process.wait(SECONDS)
        _, alive = psutil.wait_procs(self.family, timeout=20)
        assert alive == []
        return code
