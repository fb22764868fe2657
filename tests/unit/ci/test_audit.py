"""What the audit of the dependencies makes of pip-audit's answers, and of none."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / ".ci" / "audit.py"
verdict = runpy.run_path(str(SCRIPT))["verdict"]

SOUND = {"name": "idna", "version": "3.20", "vulns": []}
FLAWED = {
    "name": "jinja2",
    "version": "2.11.2",
    "vulns": [{"id": "PYSEC-2021-66", "fix_versions": ["2.11.3"]}],
}
UNKNOWN = {"name": "h11", "skip_reason": "Dependency not found on PyPI"}


def test_nothing_known_is_fine() -> None:
    assert verdict({"dependencies": [SOUND]}, "") == (
        0, ["audit: 0 known vulnerabilities in 1 packages"]
    )  # fmt: skip


def test_a_known_vulnerability_fails_with_its_remedy() -> None:
    code, lines = verdict({"dependencies": [SOUND, FLAWED]}, "")
    assert code == 1
    assert lines[0] == (
        "audit: jinja2 2.11.2 has PYSEC-2021-66; fixed in 2.11.3: uv lock --upgrade-package jinja2"
    )


def test_what_could_not_be_asked_is_not_called_sound() -> None:
    code, [line] = verdict({"dependencies": [UNKNOWN]}, "")
    assert code == 0
    assert line.startswith("audit: 0 known vulnerabilities in 0 packages; of 1 more")


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ("requests.exceptions.ProxyError: no route", 0),
        ("ERROR:pip_audit._cli:Could not connect to PyPI's vulnerability feed", 0),
        ("error: unrecognized arguments: --no-deps", 1),
        ("No module named pip_audit", 1),
        ("", 1),
    ],
)
def test_only_the_network_may_fail(errors: str, code: int) -> None:
    found, lines = verdict(None, errors)
    assert (found, len(lines)) == (code, 1)


def test_without_a_network_it_says_so_in_one_line(tmp_path: Path) -> None:
    caches = dict.fromkeys(("XDG_CACHE_HOME", "PIP_CACHE_DIR"), str(tmp_path))
    done = subprocess.run(
        [sys.executable, SCRIPT],
        input="idna==3.20\n",
        env={**os.environ, "HTTPS_PROXY": "http://127.0.0.1:9", **caches},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("audit: not done, PyPI cannot be reached")
    assert len(done.stdout.splitlines()) == 1
