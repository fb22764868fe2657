"""Known vulnerabilities of what the service runs with; the pinned requirements come on stdin.

    uv export --frozen --no-dev --no-emit-project --no-hashes | python .ci/audit.py

Exit code 1 for a known vulnerability. That PyPI does not answer, or not for all of them, is said
and fails nothing: who is offline may work.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: What pip-audit's errors have in them when it is the network: requests' and its own.
NETWORK = ("requests.exceptions.", "urllib3.exceptions.", "Could not connect", "HTTPError")


def audit(requirements: str) -> tuple[dict[str, Any] | None, str]:
    """pip-audit's report, None where it has none, and what it wrote besides."""
    with tempfile.TemporaryDirectory() as folder:
        pinned, report = Path(folder, "requirements.txt"), Path(folder, "report.json")
        pinned.write_text(requirements, "utf-8")
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(pinned), "--no-deps",
                   "--disable-pip", "--progress-spinner", "off", "--format", "json",
                   "--output", str(report)]  # fmt: skip
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
        try:
            return json.loads(report.read_text("utf-8")), done.stderr
        except (FileNotFoundError, ValueError):
            return None, done.stderr


def verdict(report: Mapping[str, Any] | None, errors: str) -> tuple[int, list[str]]:
    """The exit code and the lines that say why."""
    if report is None:
        last = (errors.strip().splitlines() or ["it wrote nothing"])[-1]
        if any(mark in errors for mark in NETWORK):
            return 0, [f"audit: not done, PyPI cannot be reached ({last[:200]})"]
        return 1, [f"audit: pip-audit failed: {last}"]
    all_ = report["dependencies"]
    asked = [each for each in all_ if "skip_reason" not in each]
    found = [_words(each, flaw) for each in asked for flaw in each["vulns"]]
    summary = f"audit: {len(found)} known vulnerabilities in {len(asked)} packages"
    if unasked := len(all_) - len(asked):
        summary += f"; of {unasked} more PyPI knows nothing here, so nothing is known of them"
    return bool(found), [*found, summary]


def _words(package: Mapping[str, Any], flaw: Mapping[str, Any]) -> str:
    name, fixed = package["name"], ", ".join(flaw["fix_versions"])
    remedy = f"fixed in {fixed}: uv lock --upgrade-package {name}" if fixed else "not fixed yet"
    return f"audit: {name} {package['version']} has {flaw['id']}; {remedy}"


if __name__ == "__main__":
    code, lines = verdict(*audit(sys.stdin.read()))
    print("\n".join(lines))
    sys.exit(code)
