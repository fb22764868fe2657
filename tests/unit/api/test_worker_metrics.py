"""Workers are Python processes here that count, and live until their input ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from prometheus_client.parser import text_string_to_metric_families

from imagecrawler.api.worker_metrics import WorkerFigures, worker_figures

WORKER = """
from prometheus_client import Counter, Gauge, Histogram
Counter("ended", "Jobs.", ("outcome",)).labels("succeeded").inc()
Histogram("duration_seconds", "Of jobs.", buckets=(1, 2, 3)).observe(1.2)
Gauge("memory_bytes", "Now.", multiprocess_mode="livesum").set(100)
print("counted", flush=True)
input()
"""


@pytest.fixture
def figures() -> Iterator[WorkerFigures]:
    with worker_figures() as figures:
        yield figures


@contextmanager
def _worker(figures: WorkerFigures) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, **figures.environment}
    command = [sys.executable, "-c", WORKER]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout.readline() == "counted\n"
        yield process
        process.kill()


def _samples(figures: WorkerFigures) -> dict[str, float]:
    families = text_string_to_metric_families(figures.render().decode())
    return {
        ",".join((sample.name, *sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def test_workers_are_summed_and_the_dead_have_counted(figures: WorkerFigures) -> None:
    with _worker(figures) as first, _worker(figures) as second:
        both = _samples(figures)
        assert both["ended_total,succeeded"] == 2
        assert both["duration_seconds_bucket,2.0"] == 2
        assert both["memory_bytes"] == 200
        for dead in (first, second):
            dead.kill()
            dead.wait()
            figures.bury(dead.pid)
        with _worker(figures):
            later = _samples(figures)
    assert later["ended_total,succeeded"] == 3
    assert later["duration_seconds_bucket,2.0"] == 3
    assert later["duration_seconds_bucket,1.0"] == 0
    assert later["memory_bytes"] == 100


def test_the_dead_leave_no_files_of_their_own(figures: WorkerFigures) -> None:
    for _ in range(2):
        with _worker(figures) as worker:
            pass
        figures.bury(worker.pid)
    assert {each.name for each in figures.directory.iterdir()} == {
        "counter_0.db",
        "histogram_0.db",
    }


def test_one_that_was_killed_as_it_made_its_file(
    figures: WorkerFigures, caplog: pytest.LogCaptureFixture
) -> None:
    (figures.directory / "counter_4000000.db").touch()
    figures.bury(4_000_000)
    assert _samples(figures) == {}
    assert "counter_4000000.db" in caplog.text


def test_one_that_died_before_it_counted(figures: WorkerFigures) -> None:
    figures.bury(4_000_000)
    assert _samples(figures) == {}
