"""Finds Chromium, or installs it the least intrusive way that works."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence

from imagecrawler.config import load_config
from imagecrawler.errors import BadConfiguration
from imagecrawler.rendering.browser import find_browser, running_as_root

DEBIAN_PACKAGE = "chromium-headless-shell"
REMEDY = (
    "no Chromium could be installed: install one (Debian and Ubuntu: "
    f"`sudo apt-get install {DEBIAN_PACKAGE}`; elsewhere: `playwright install chromium`), "
    "or set IMAGECRAWLER_BROWSER_PATH to one"
)


def ensure_browser() -> str:
    """Says in a line what it found or did. Raises BadConfiguration when nothing worked."""
    config = load_config()
    if config.playwright_cdp_url:
        return f"Chromium: using the one at {config.playwright_cdp_url}"
    if found := find_browser(config):
        return f"Chromium: using {found}"
    for name, command in _installations():
        print(f"Chromium: none found, trying {name}", file=sys.stderr)
        if _runs(command) and (found := find_browser(config)):
            return f"Chromium: installed {found} with {name}"
    raise BadConfiguration(REMEDY)


def _installations() -> list[tuple[str, Sequence[str]]]:
    playwright = (sys.executable, "-m", "playwright", "install", "--only-shell", "chromium")
    ways: list[tuple[str, Sequence[str]]] = [("Playwright's download", playwright)]
    if shutil.which("apt-get") and (running_as_root() or shutil.which("sudo")):
        sudo = "" if running_as_root() else "sudo -n "
        script = f"{sudo}apt-get update -q && {sudo}apt-get install -y -q {DEBIAN_PACKAGE}"
        ways.append(("Debian's package", ("sh", "-c", script)))
    return ways


def _runs(command: Sequence[str]) -> bool:
    """Whether the command succeeds; what it says goes to stderr, where a person sees it."""
    return subprocess.run(command, stdout=sys.stderr, check=False).returncode == 0  # noqa: S603
