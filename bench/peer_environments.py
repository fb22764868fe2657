"""Environments of the peers' own, made from PyPI on first use; none of it is in our lock file."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CACHE = Path.home() / ".cache" / "imagecrawler-bench"
INSTALL_SECONDS = 600
OURS = Path(__file__).parents[1] / ".tools" / "bin" / "uv"


@dataclass(frozen=True)
class Peer:
    """``packages`` by name and version, as they were newest in November 2026."""

    name: str
    script: str
    packages: tuple[str, ...]


PEERS = (
    Peer(
        "scrapy-playwright",
        "scrapy_images.py",
        ("scrapy==2.19.0", "scrapy-playwright==0.0.48", "playwright==1.65.2", "pillow==13.0.0"),
    ),
    Peer(
        "crawlee",
        "crawlee_pages.py",
        ("crawlee[playwright]==1.11.0", "playwright==1.65.2", "httpx==0.28.1"),
    ),
    Peer(
        "crawl4ai",
        "crawl4ai_pages.py",
        ("crawl4ai==0.9.5", "playwright==1.65.2", "httpx==0.28.1"),
    ),
)


class NotInstalled(Exception):
    """One line that says why."""


def python_of(peer: Peer, cache: Path = CACHE) -> str:
    """The interpreter of its environment. Raises NotInstalled."""
    folder = cache / peer.name
    mark = folder / "installed"
    if not (mark.exists() and mark.read_text() == _wanted(peer)):
        _install(peer, folder)
        mark.write_text(_wanted(peer))
    return str(folder / "bin" / "python")


def _wanted(peer: Peer) -> str:
    return "\n".join((sys.version, *peer.packages))


def _install(peer: Peer, folder: Path) -> None:
    uv = shutil.which("uv") or str(OURS)
    print(f"{peer.name}: installing {', '.join(peer.packages)} into {folder}", file=sys.stderr)
    steps = (
        [uv, "venv", "--clear", "--python", sys.executable, str(folder)],
        [uv, "pip", "install", "--python", str(folder), *peer.packages],
    )
    for step in steps:
        try:
            done = subprocess.run(
                step, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotInstalled(f"{peer.name}: not installed: {error}") from error
        if done.returncode:
            reason = " ".join(done.stderr.split())[-300:]
            raise NotInstalled(f"{peer.name}: not installed: {reason}")
