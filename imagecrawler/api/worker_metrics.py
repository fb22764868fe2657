"""Figures of the workers that are child processes, which they keep in files of one directory."""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from imagecrawler.config import PREFIX

logger = logging.getLogger(__name__)

#: No process has this number: what the dead have counted is kept under it.
_DEAD: Final = 0

_COUNTED: Final = ("counter", "histogram")


@contextmanager
def worker_figures() -> Iterator[WorkerFigures]:
    """In a temporary directory, for as long as the workers live."""
    with TemporaryDirectory(prefix="imagecrawler-metrics-") as directory:
        yield WorkerFigures(Path(directory))


@dataclass(frozen=True, slots=True)
class WorkerFigures:
    """Sums over the workers that live in ``directory``'s files, and over those that are dead."""

    directory: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """What makes a worker keep its figures here, and serve none itself."""
        return {"PROMETHEUS_MULTIPROC_DIR": str(self.directory), f"{PREFIX}METRICS_PORT": "0"}

    def bury(self, pid: int) -> None:
        """What a dead worker has counted stays, what it had at the moment goes.

        Its files are folded into one: workers that die young, time and again, would fill the
        directory, and each scrape reads all of it.
        """
        mark_process_dead(pid, str(self.directory))
        for kind in _COUNTED:
            dead = self.directory / f"{kind}_{pid}.db"
            if dead.exists():
                self._fold(dead, self.directory / f"{kind}_{_DEAD}.db")
                dead.unlink()

    def _fold(self, dead: Path, total: Path) -> None:
        try:
            counted = list(MmapedDict.read_all_values_from_file(str(dead)))
        except (OSError, RuntimeError, ValueError, struct.error) as error:
            # it was killed as it made the file; whoever starts the next must not fail over that
            logger.warning("what a worker has counted is lost: %s: %s", dead.name, error)
            return
        with closing(MmapedDict(str(total))) as sums:
            for key, value, *_ in counted:
                before, _ = sums.read_value(key)
                sums.write_value(key, before + value, 0.0)

    def render(self) -> bytes:
        """Prometheus' text format."""
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self.directory))
        return generate_latest(registry)
