"""scrapyd as ``scrapyd.conf`` starts it: with credentials, or not at all."""

from __future__ import annotations

import os
from typing import Any

from scrapyd.app import application as open_to_everybody

NAMES = ("username", "password")


def application(config: Any) -> Any:
    """scrapyd's own, of its ``config``; SystemExit without credentials.

    Without them anybody who reaches the port may crawl as any user, also on loopback: every
    program of the machine, and every page that somebody's browser there has open.
    """
    missing = [name for name in NAMES if not _given(name, config)]
    if missing:
        names = " and ".join(f"SCRAPYD_{name.upper()}" for name in missing)
        raise SystemExit(f"scrapyd: set {names}; it does not start without credentials")
    return open_to_everybody(config)


def _given(name: str, config: Any) -> bool:
    # scrapyd's own places and order
    return bool(os.getenv(f"SCRAPYD_{name.upper()}") or config.get(name, ""))
