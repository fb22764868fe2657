"""``make demo``: crawls the demo shop, or the URL given, and leaves a report to look at."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from serve import DemoShop

REPORT = Path("var/demo/report.html")
PAGE = "/products/summit-backpack"


def crawl(url: str, **environment: str) -> int:
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    command = ["imagecrawler", "scrape", url, "--report", str(REPORT)]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


def main() -> int:
    if sys.argv[1:]:
        return crawl(sys.argv[1])
    print("Drawing the demo shop's pictures (once, up to half a minute) …", file=sys.stderr)
    with DemoShop() as shop:
        shop.prepare()
        print(f"The demo shop is at {shop.url}; crawling {PAGE}", file=sys.stderr)
        return crawl(shop.url + PAGE, IMAGECRAWLER_EGRESS_ALLOW="127.0.0.0/8")


if __name__ == "__main__":
    sys.exit(main())
