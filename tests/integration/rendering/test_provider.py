"""How browsers start, what is said when they do not, and that they always end."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from scrapy.settings import Settings
from scrapy_playwright.handler import Config as HandlerConfig

from imagecrawler.config import load_config
from imagecrawler.errors import RenderFailed
from imagecrawler.rendering import provider as provider_module
from imagecrawler.rendering.browser import launch_options
from imagecrawler.rendering.provider import NO_SANDBOX, BrowserProvider

Start = Callable[..., Awaitable[BrowserProvider]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """``await start(cdp_url, **launch_options)`` gives a provider, closed at the end."""
    started: list[BrowserProvider] = []

    async def start(cdp_url: str | None = None, **options: Any) -> BrowserProvider:
        options = {} if cdp_url else {**launch_options(load_config()), **options}
        settings = {"PLAYWRIGHT_CDP_URL": cdp_url, "PLAYWRIGHT_LAUNCH_OPTIONS": options}
        provider = BrowserProvider(HandlerConfig.from_settings(Settings(settings)))
        started.append(provider)
        await provider.start()
        return provider

    yield start
    for provider in started:
        await provider.close()


def _failing(path: Path, words: str) -> Path:
    path.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 1\n")
    path.chmod(0o755)
    return path


async def test_a_second_browser_starts_with_the_first_page_that_needs_images(start: Start) -> None:
    pair = await (await start()).launch_browser()
    await pair.new_context()
    assert pair._sighted is None
    contexts = await asyncio.gather(*(pair.new_context(load_images=True) for _ in range(2)))
    assert {context.browser for context in contexts} == {pair._sighted}
    await pair.close()
    assert not pair._blind.is_connected()
    assert not pair._sighted.is_connected()


async def test_a_sandbox_that_does_not_start_is_no_reason_to_go_without(
    start: Start, tmp_path: Path
) -> None:
    path = _failing(tmp_path / "chromium", "FATAL: No usable sandbox!")
    provider = await start(executable_path=path, chromium_sandbox=True)
    with pytest.raises(RenderFailed) as failure:
        await provider.launch_browser()
    assert str(failure.value) == NO_SANDBOX


async def test_a_broken_browser_is_named(start: Start, tmp_path: Path) -> None:
    path = _failing(tmp_path / "chromium", "cannot open shared object file")
    provider = await start(executable_path=path)
    with pytest.raises(RenderFailed, match=f"{path} does not start .*BROWSER_PATH"):
        await provider.launch_browser()


async def test_a_remote_browser_that_does_not_answer_is_named(start: Start) -> None:
    provider = await start("http://127.0.0.1:9")
    with pytest.raises(RenderFailed, match=r"http://127.0.0.1:9 .*PLAYWRIGHT_CDP_URL"):
        await provider.launch_browser()


async def test_a_browser_that_hangs_holds_up_nobody(
    start: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(provider_module, "CONTEXT_SECONDS", 1.0)
    monkeypatch.setattr(provider_module, "CLOSE_SECONDS", 1.0)
    provider = await start()
    pair = await provider.launch_browser()
    family = psutil.Process().children(recursive=True)
    stopped = [process for process in family if "chrom" in process.name()]
    for process in stopped:
        process.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(RenderFailed, match="did not answer"):
            await pair.new_context()
        await provider.close()
    finally:
        for process in [*stopped, *family]:
            if process.is_running():
                process.kill()
    assert "the browser did not close" in caplog.text
