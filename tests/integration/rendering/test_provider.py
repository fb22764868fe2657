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
from imagecrawler.errors import BrowserLost, RenderFailed
from imagecrawler.rendering import recycling, started
from imagecrawler.rendering.browser import launch_options
from imagecrawler.rendering.early import EarlyBrowser
from imagecrawler.rendering.processes import browser_process
from imagecrawler.rendering.provider import NEVER, NO_SANDBOX, BrowserProvider
from imagecrawler.rendering.started import MEASURED_PAGES, Limits

Start = Callable[..., Awaitable[BrowserProvider]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """``await start(cdp_url, …, **launch_options)`` gives a provider, closed at the end."""
    started: list[BrowserProvider] = []

    async def start(
        cdp_url: str | None = None,
        limits: Limits = NEVER,
        on_restart: Callable[[str], None] = lambda _: None,
        early: EarlyBrowser | None = None,
        **options: Any,
    ) -> BrowserProvider:
        options = {} if cdp_url else {**launch_options(load_config()), **options}
        settings = {"PLAYWRIGHT_CDP_URL": cdp_url, "PLAYWRIGHT_LAUNCH_OPTIONS": options}
        provider = BrowserProvider(
            HandlerConfig.from_settings(Settings(settings)), limits, on_restart, early=early
        )
        started.append(provider)
        await provider.start()
        return provider

    yield start
    for provider in started:
        await provider.close()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def _failing(path: Path, words: str) -> Path:
    path.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 1\n")
    path.chmod(0o755)
    return path


async def test_a_second_browser_starts_with_the_first_page_that_needs_images(start: Start) -> None:
    pair = await (await start()).launch_browser()
    await pair.new_context()
    assert pair._sighted.current is None
    contexts = await asyncio.gather(*(pair.new_context(load_images=True) for _ in range(2)))
    browsers = [pair._blind.current, pair._sighted.current]
    assert {context.browser for context in contexts} == {browsers[1]}
    await pair.close()
    assert [browser.is_connected() for browser in browsers] == [False, False]


async def test_what_started_early_is_gone_on_with(start: Start) -> None:
    early = EarlyBrowser()
    await early.start(load_config())
    started = psutil.Process().children(recursive=True)
    pair = await (await start(early=early)).launch_browser()
    await pair.new_context()
    assert set(psutil.Process().children()) <= set(started)
    await pair.close()
    assert (early.take_playwright(), early.take_browser()) == (None, None)


async def test_an_early_browser_is_not_gone_on_with_once_its_driver_died(start: Start) -> None:
    others = psutil.Process().children()
    early = EarlyBrowser()
    await early.start(load_config())
    provider = await start(early=early)
    for driver in psutil.Process().children():
        if driver not in others:
            driver.kill()
    await _until(lambda: provider._driver_is_lost)
    pair = await provider.launch_browser()
    assert await pair.new_context()


async def test_one_that_cannot_start_early_is_left_to_the_provider(
    start: Start, tmp_path: Path
) -> None:
    early = EarlyBrowser()
    path = _failing(tmp_path / "chromium", "no display")
    await early.start(load_config().model_copy(update={"browser_path": path}))
    assert early.take_browser() is None
    pair = await (await start(early=early)).launch_browser()
    assert await pair.new_context()


async def test_an_old_browser_ends_with_its_last_page(start: Start) -> None:
    restarts: list[str] = []
    provider = await start(limits=Limits(pages=2), on_restart=restarts.append)
    pair = await provider.launch_browser()
    old = pair._blind.current
    held = [await pair.new_context() for _ in range(2)]
    await _until(lambda: pair._blind.current is not old)
    await held[0].close()
    assert (await pair.new_context()).browser is pair._blind.current
    assert old.is_connected()
    await held[1].close()
    await _until(lambda: not old.is_connected())
    assert restarts == ["pages"]
    await pair.close()


async def test_a_browser_that_uses_much_memory_is_old(start: Start) -> None:
    restarts: list[str] = []
    provider = await start(limits=Limits(megabytes=1), on_restart=restarts.append)
    pair = await provider.launch_browser()
    old = pair._blind.current
    assert await pair.megabytes() > 1
    for _ in range(MEASURED_PAGES):
        await (await pair.new_context()).close()
    await _until(lambda: not old.is_connected())
    assert restarts == ["memory"]
    await pair.close()
    assert await pair.megabytes() == 0


async def test_a_page_cannot_have_all_of_the_memory(start: Start) -> None:
    pair = await (await start(limits=Limits(page_megabytes=600))).launch_browser()
    page = await (await pair.new_context()).new_page()
    crashed = asyncio.Event()
    page.on("crash", lambda _: crashed.set())
    taken = await page.evaluate(
        """() => {
          const all = [];
          try {
            for (; all.length < 300;) all.push(new Float64Array(1e6).fill(1));
          } catch { return all.length; }
          return all.length;
        }"""
    )
    assert 10 < taken < 100  # times 8 MB
    assert not crashed.is_set()
    await pair.close()


async def test_a_pair_closes_old_browsers_with_their_pages(start: Start) -> None:
    provider = await start(limits=Limits(pages=1))
    pair = await provider.launch_browser()
    old = pair._blind.current
    await pair.new_context()
    await _until(lambda: pair._blind.current is not old)
    await pair.close()
    assert not old.is_connected()


async def test_a_browser_that_cannot_be_replaced_goes_on(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    provider = await start(limits=Limits(pages=1))
    pair = await provider.launch_browser()
    provider.config.launch_options["executable_path"] = "/nowhere/chromium"
    first = await pair.new_context()
    await _until(lambda: "is not replaced for now" in caplog.text)
    second = await pair.new_context()
    assert first.browser is second.browser
    await pair.close()


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
    monkeypatch.setattr(recycling, "CONTEXT_SECONDS", 1.0)
    monkeypatch.setattr(started, "CLOSE_SECONDS", 1.0)
    provider = await start()
    pair = await provider.launch_browser()
    browser = await browser_process(pair._blind.current)
    stopped = [browser, *browser.children(recursive=True)]
    for process in stopped:
        process.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(BrowserLost, match="did not answer"):
            await pair.new_context()
        await (await pair.new_context()).close()
        await pair.close()
        await provider.close()
        _, alive = psutil.wait_procs(stopped, timeout=10)
        assert alive == []
    finally:
        for process in stopped:
            if process.is_running():
                process.kill()
    assert "the browser did not close" in caplog.text


async def test_the_next_page_s_context_is_there_before_it_is_asked_for(start: Start) -> None:
    pair = await (await start()).launch_browser()
    for _ in range(2):
        await pair.new_context(locale="de-DE")
    spare = await pair._blind._spare.opening
    assert await pair.new_context(locale="fr-FR") is not spare
    assert await pair.new_context(locale="de-DE") is spare
    await pair.close()


async def test_a_spare_context_that_died_is_replaced(start: Start) -> None:
    pair = await (await start()).launch_browser()
    for _ in range(2):
        await pair.new_context()
    spare = await pair._blind._spare.opening
    await pair._blind.current.close()
    context = await pair.new_context()
    assert context is not spare
    await (await context.new_page()).goto("about:blank")
    await pair.close()
