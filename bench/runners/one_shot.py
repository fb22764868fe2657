"""imagecrawler as a process for each page: ``imagecrawler scrape URL --json``."""

from __future__ import annotations

import json
import subprocess
import sys
from time import perf_counter
from typing import Any

from installation import installation
from protocol import Bench


def scrape(url: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "imagecrawler", "scrape", url, "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    return dict(json.loads(done.stdout))


def main() -> None:
    bench = Bench()
    with installation(bench.task.browser):
        for url in bench.task.warm[:1]:
            scrape(url)  # makes the database
        bench.ready()
        started = perf_counter()
        answers = [scrape(url) for url in bench.task.pages]
        seconds = perf_counter() - started
        images = [image for each in answers for image in each["images"] + each["rejected"]]
        failures = sum(each["status"] != "succeeded" for each in answers)
        bench.done(seconds, [image["original_url"] for image in images], failures)


if __name__ == "__main__":
    main()
