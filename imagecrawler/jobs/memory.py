"""What the processes of a worker keep in memory for themselves, from Linux's /proc."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")

#: In the command lines of Playwright's driver, and of what decodes pictures.
DRIVER = b"/playwright/driver/"
DECODERS = b"imagecrawler.isolation.template"


@dataclass(frozen=True, slots=True)
class ProcessMemory:
    """Bytes: of this process and its decoders, of Playwright's driver, of its browsers."""

    worker: int = 0
    driver: int = 0
    browsers: int = 0


def measure_memory() -> ProcessMemory:
    """Zeros where there is no /proc. A remote browser is not among our processes."""
    if not PROC.is_dir():
        return ProcessMemory()
    children = _children()
    own = os.getpid()
    drivers = [pid for pid in children[own] if DRIVER in _read(pid, "cmdline")]
    templates = [pid for pid in children[own] if DECODERS in _read(pid, "cmdline")]
    decoders = [pid for template in templates for pid in _descendants(children, template)]
    browsers = [pid for driver in drivers for pid in _descendants(children, driver)]
    return ProcessMemory(
        _private([own, *templates, *decoders]), _private(drivers), _private(browsers)
    )


def _private(pids: list[int]) -> int:
    """Resident memory that is not shared. Other users' processes show it too, as Chromium's
    sandboxed ones are; the more exact ``smaps_rollup`` they hide."""
    return sum(_unshared_pages(pid) for pid in pids) * os.sysconf("SC_PAGESIZE")


def _unshared_pages(pid: int) -> int:
    fields = _read(pid, "statm").split()
    return int(fields[1]) - int(fields[2]) if fields else 0


def _children() -> defaultdict[int, list[int]]:
    """Of every process on the machine."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    for entry in PROC.iterdir():
        if entry.name.isdecimal():
            # the name before the last parenthesis may hold spaces and parentheses itself
            fields = _read(int(entry.name), "stat").rpartition(b")")[2].split()
            if fields:
                children[int(fields[1])].append(int(entry.name))
    return children


def _descendants(children: defaultdict[int, list[int]], pid: int) -> Iterator[int]:
    for child in children[pid]:
        yield child
        yield from _descendants(children, child)


def _read(pid: int, name: str) -> bytes:
    """Empty for a process that has ended meanwhile."""
    try:
        return (PROC / str(pid) / name).read_bytes()
    except OSError:
        return b""
