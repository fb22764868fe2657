"""``imagecrawler serve`` as a process, for the tests and the pictures of its gallery."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.request import Request, urlopen

CALLS = "/api/intelligence/product-images"
ADDRESS = re.compile(r"imagecrawler is at (http://\S+?)/ ")
SECONDS = 120


class Service:
    """The service on a free port of 127.0.0.1, with one worker, as a context manager.

    ``log`` takes what it writes to stderr. ``url`` has no slash at the end.
    """

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self._environment = dict(environment)
        self._log = log
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "imagecrawler", "serve", "--port", "0"],
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        found = ADDRESS.search(self._process.stdout.readline())
        if found is None:
            self._stop()
            raise RuntimeError(f"the service did not start:\n{self._log.read_text()}")
        self.url = found[1]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        self._process.terminate()
        self._process.wait(SECONDS)
        self._process.stdout.close()

    def call(self, token: str, path: str, **body: object) -> dict[str, Any]:
        """The answer of a GET, or of a POST where there is a body."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body else None
        request = Request(f"{self.url}{CALLS}{path}", data, headers)
        with urlopen(request, timeout=SECONDS) as answer:
            return json.load(answer)
