"""What the doctor finds on machines in various states of health."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from imagecrawler.config import load_config
from imagecrawler.jobs.doctor import Finding, examine_all
from imagecrawler.rendering.browser import launch_options


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IMAGECRAWLER_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("IMAGECRAWLER_DATABASE_URL", database_url)


@pytest.fixture
async def remote_browser() -> AsyncIterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = launch_options(load_config())
    options["args"].append(f"--remote-debugging-port={port}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**options)
        yield f"http://127.0.0.1:{port}"
        await browser.close()


async def _findings() -> dict[str, Finding]:
    return {finding.part: finding for finding in await examine_all()}


async def test_a_healthy_machine(tmp_path: Path) -> None:
    findings = await _findings()
    assert [finding.part for finding in findings.values() if not finding.healthy] == []
    assert findings["browser"].detail.startswith("Chromium ")
    assert findings["database"].detail == "configured"
    assert str(tmp_path / "var/media") in findings["store"].detail


async def test_a_remote_browser_is_the_one_that_is_examined(
    monkeypatch: pytest.MonkeyPatch, remote_browser: str
) -> None:
    monkeypatch.setenv("IMAGECRAWLER_PLAYWRIGHT_CDP_URL", remote_browser)
    monkeypatch.setenv("PATH", "")
    browser = (await _findings())["browser"]
    assert browser.healthy
    assert browser.detail.endswith(remote_browser)


async def test_each_sick_part_is_reported_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("IMAGECRAWLER_PLAYWRIGHT_CDP_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("IMAGECRAWLER_DATABASE_URL", "postgresql://user@127.0.0.1:9/none")
    (tmp_path / "file").touch()
    monkeypatch.setenv("IMAGECRAWLER_STORAGE_URL", f"file://{tmp_path}/file/media")
    findings = await _findings()
    assert not any(finding.healthy for finding in findings.values())
    assert "IMAGECRAWLER_PLAYWRIGHT_CDP_URL" in findings["browser"].detail
    assert "127.0.0.1:9" in findings["database"].detail
    assert str(tmp_path) in findings["store"].detail


async def test_a_database_without_our_tables_is_reported(
    monkeypatch: pytest.MonkeyPatch, empty_database_url: str
) -> None:
    monkeypatch.setenv("IMAGECRAWLER_DATABASE_URL", empty_database_url)
    database = (await _findings())["database"]
    assert not database.healthy
    assert "imagecrawler db upgrade" in database.detail


async def test_no_browser_at_all_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    browser = (await _findings())["browser"]
    assert not browser.healthy
    assert "doctor --install" in browser.detail
