"""The services of compose.yaml as processes of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from composition import Composition
from installation import PROJECT

from imagecrawler.config import load_config
from imagecrawler.rendering.browser import find_browser


def until(condition: Callable[[], Any]) -> None:
    """Returns once it holds; the test's own time limit ends a wait in vain."""
    while not condition():
        # a health check is a process of its own, which slows down what it waits for
        time.sleep(0.5)


class Stack:
    """Each service in the environment that compose.yaml gives it, beside what an image has.

    They share a working directory with what the image has in its own, and a home.
    """

    def __init__(self, composition: Composition, folder: Path) -> None:
        self._composition = composition
        self._folder = folder
        self._work, self._home = folder / "app", folder / "home"
        for each in (self._work, self._home):
            each.mkdir()
        for name in ("scrapy.cfg", "scrapyd.conf"):
            shutil.copy(PROJECT / name, self._work)
        (self._home / ".scrapyd.conf").write_text(composition.configuration("scrapyd"))
        self._running: list[tuple[str, psutil.Popen]] = []

    def run(self, service: str, *command: str) -> str:
        """A command, or the service's own, to its end; gives what it printed."""
        done = subprocess.run(
            _installed(command or self._composition.command(service)),
            env=self._environment(service),
            cwd=self._work,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout

    def start(self, service: str, *, count: int = 1) -> None:
        for number in range(count):
            with (self._folder / f"{service}-{number}.log").open("w") as log:
                process = psutil.Popen(
                    _installed(self._composition.command(service)),
                    env=self._environment(service),
                    cwd=self._work,
                    stdout=log,
                    stderr=log,
                )
            self._running.append((service, process))

    def until_healthy(self, service: str) -> None:
        check = _installed(self._composition.health_check(service))
        until(lambda: not subprocess.run(check, capture_output=True, check=False).returncode)

    def until_logged(self, text: str, *logs: str) -> None:
        for log in logs:
            until(lambda path=self._folder / log: text in path.read_text())

    def stop(self) -> dict[str, set[int]]:
        """The exit codes of each service; nothing that it began is left after its grace."""
        family = self._family()
        for _, process in self._running:
            process.terminate()
        codes: dict[str, set[int]] = {}
        for service, process in self._running:
            code = process.wait(self._composition.grace(service))
            codes.setdefault(service, set()).add(code)
        _, alive = psutil.wait_procs(family, timeout=20)
        assert alive == []
        return codes

    def kill(self) -> None:
        for each in self._family():
            with suppress(psutil.NoSuchProcess):
                each.kill()
        for _, process in self._running:
            process.wait()

    def files(self) -> set[str]:
        """What is in the working directory, which all but ``var`` may only read."""
        paths = {*self._work.glob("*"), *self._work.glob("var/*")} - {self._work / "var"}
        return {str(path.relative_to(self._work)) for path in paths}

    def _family(self) -> set[psutil.Process]:
        """What runs now, with all that it began."""
        family: set[psutil.Process] = set()
        for _, process in self._running:
            with suppress(psutil.NoSuchProcess):
                family |= {process, *process.children(recursive=True)}
        return family

    def _environment(self, service: str) -> dict[str, str]:
        image = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._home),
            "IMAGECRAWLER_BROWSER_PATH": str(find_browser(load_config())),
        }
        return {**image, **self._composition.environment(service)}


def _installed(command: Sequence[str]) -> list[str]:
    """With the programs of this virtual environment."""
    name, *arguments = command
    return [str(Path(sys.executable).with_name(name)), *arguments]
