"""What a process and all below it use: CPU by kind of process, and memory at its peak (Linux only).

CPU is what the kernel has booked: of each process, and of those below it that have ended and were
waited for, to the kind of who waited. Our decoders are waited for by nobody; of one that has ended
counts what it had when it was last looked at.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePath

import psutil

SAMPLE_SECONDS = 0.2
#: Proportional memory is dear to ask for: once in so many samples.
MEMORY_EVERY = 5


class ProcessTree:
    """Watches from its making until ``stop``."""

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._kinds: dict[psutil.Process, str] = {}
        self._lost: dict[psutil.Process, float] = {}
        self._peak = 0.0
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def cpu(self) -> Counter[str]:
        """Seconds until now by kind: python, decoders, driver, chromium, postgresql."""
        with self._lock:
            used: Counter[str] = Counter()
            alive = set()
            for process in self._family():
                with suppress(psutil.NoSuchProcess):
                    kind, seconds = self._kind(process), _seconds(process)
                    used[kind] += seconds
                    alive.add(process)
                    if kind == "decoders":
                        self._lost[process] = seconds
            ended = (value for process, value in self._lost.items() if process not in alive)
            used["decoders"] += sum(ended)
            return used

    def reset_peak(self) -> None:
        self._peak = 0.0

    @property
    def peak(self) -> float:
        """MiB: the greatest sum of proportional set sizes that was seen."""
        return self._peak

    def _watch(self) -> None:
        looks = 0
        while not self._stopped.wait(SAMPLE_SECONDS):
            self.cpu()
            looks += 1
            if looks % MEMORY_EVERY == 0:
                self._peak = max(self._peak, sum(self._memory()) / 2**20)

    def _memory(self) -> Iterator[int]:
        for process in self._family():
            with suppress(psutil.Error):
                yield process.memory_full_info().pss

    def _family(self) -> list[psutil.Process]:
        try:
            return [self._root, *self._root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _kind(self, process: psutil.Process) -> str:
        """A zombie is of the kind that it was; a python may still become something else."""
        if self._kinds.get(process, "python") == "python":
            with suppress(psutil.ZombieProcess, psutil.AccessDenied):
                self._kinds[process] = _kind_of(process.name(), process.cmdline())
        return self._kinds.get(process, "python")


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def _kind_of(name: str, command: list[str]) -> str:
    program = PurePath(command[0]).name if command else name
    if "chrom" in program or "headless" in program:
        return "chromium"
    if program.startswith("postgres"):
        return "postgresql"
    if program == "node":
        return "driver"
    return "decoders" if "imagecrawler.isolation.template" in command else "python"
