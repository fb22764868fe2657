"""A shell and its child, under the name of Playwright's driver, stand for driver and browser."""

from __future__ import annotations

import subprocess
import sys

import pytest

from imagecrawler.jobs.memory import measure_memory

MIB = 2**20
HOLD = "held = bytearray({mib} * 2**20); print('ready', flush=True); input()"
DRIVER = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "{HOLD.format(mib=40)}"], stdin=subprocess.PIPE)
{HOLD.format(mib=20)}
child.communicate(b"end")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's /proc")
def test_memory_is_told_apart_by_process() -> None:
    before = measure_memory()
    assert before.worker > MIB
    assert (before.driver, before.browsers) == (0, 0)
    command = [sys.executable, "-c", DRIVER, "/venv/playwright/driver/node"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as driver:
        assert [driver.stdout.readline() for _ in range(2)] == ["ready\n"] * 2
        found = measure_memory()
        driver.stdin.write("end\n")
        driver.stdin.close()
    assert 20 * MIB < found.driver < 40 * MIB < found.browsers < 60 * MIB
