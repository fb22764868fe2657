"""Which Chromium is used and how it is started."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from imagecrawler.config import Config
from imagecrawler.errors import BadConfiguration

#: Faster first: the headless shell renders 1.3 to 1.5 times as fast as the full browser.
SYSTEM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
MAC_APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)

#: Nothing listens on the discard port: whatever the browser itself tries to reach outside a
#: page's own context, which always names the egress guard, goes nowhere.
NOWHERE = {"server": "http://127.0.0.1:9"}

ARGUMENTS = (
    # the full browser knows the first, the headless shell only the second
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    # no page may open another, which nobody would pay for: by script, link or form
    "--block-new-web-contents",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pings",
    "--no-first-run",
    "--mute-audio",
)
WITHOUT_IMAGES = "--blink-settings=imagesEnabled=false"


def find_browser(config: Config) -> Path | None:
    """The configured Chromium, else a system one, else Playwright's own download, else None.

    Raises BadConfiguration when ``BROWSER_PATH`` is set and no executable is there.
    """
    if config.browser_path is not None:
        if not os.access(config.browser_path, os.X_OK):
            raise BadConfiguration(
                f"IMAGECRAWLER_BROWSER_PATH: {config.browser_path} is not an executable; "
                "correct it, or unset it to have Chromium found"
            )
        return config.browser_path
    return next((path for path in _installed() if os.access(path, os.X_OK)), None)


def _installed() -> Iterator[Path]:
    yield from (Path(found) for name in SYSTEM_NAMES if (found := shutil.which(name)))
    if sys.platform == "darwin":
        yield from (Path(path) for path in MAC_APPLICATIONS)
    yield from sorted(_downloads().glob("chromium_headless_shell-*/*/*headless*shell*"))
    yield from sorted(_downloads().glob("chromium-*/chrome-linux*/chrome"))


def _downloads() -> Path:
    """Where Playwright keeps its browsers (playwright.dev/python/docs/browsers)."""
    if configured := os.environ.get("PLAYWRIGHT_BROWSERS_PATH"):
        return Path(configured)
    caches = "Library/Caches" if sys.platform == "darwin" else ".cache"
    return Path.home() / caches / "ms-playwright"


def launch_options(config: Config) -> dict[str, Any]:
    """Playwright's launch options.

    Raises BadConfiguration when there is no Chromium at all.
    """
    path = find_browser(config)
    if path is None and not config.playwright_cdp_url:
        raise BadConfiguration(
            "no Chromium found: run `imagecrawler doctor --install`, "
            "or set IMAGECRAWLER_BROWSER_PATH"
        )
    return {
        "executable_path": path,
        "args": list(ARGUMENTS),
        "proxy": NOWHERE,
        "chromium_sandbox": config.browser_sandbox == "on" and not running_as_root(),
        "timeout": 30_000,
    }


def keep_driver_compiled(config: Config) -> None:
    """Takes a third off the start of Playwright's driver: Node.js keeps its compiled code.

    Beside the embedded database, which a person at a shell has; a service writes no files of its
    own, and starts once. Where the operator has named a folder, it is that one
    (NODE_COMPILE_CACHE, nodejs.org/api/module.html#module-compile-cache).
    """
    if config.database_url is None:
        folder = config.data_dir.absolute() / "driver-cache"
        os.environ.setdefault("NODE_COMPILE_CACHE", str(folder))


def running_as_root() -> bool:
    """Chromium's sandbox refuses to start as root."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
