"""An installation of our own in a folder that is thrown away, for the runners of imagecrawler."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

SETTINGS = {
    "IMAGECRAWLER_EGRESS_ALLOW": "127.0.0.0/8",
    "IMAGECRAWLER_QUOTA_HOURLY": "100000",
    "IMAGECRAWLER_RATE_LIMIT": "0",
    "IMAGECRAWLER_LOG_LEVEL": "WARNING",
    # all pages are on one host here
    "IMAGECRAWLER_DOMAIN_SLOTS": "16",
}


@contextmanager
def installation(browser: str) -> Iterator[Path]:
    """Its folder; the environment names it while this lasts and after."""
    with TemporaryDirectory(prefix="imagecrawler-bench-") as folder:
        os.environ.update(SETTINGS)
        os.environ["IMAGECRAWLER_DATA_DIR"] = folder
        os.environ["IMAGECRAWLER_BROWSER_PATH"] = browser
        yield Path(folder)
