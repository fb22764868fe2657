"""What is there once a process for one page has imported what it needs."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from imagecrawler.config import Config, load_config
from imagecrawler.db.database import Database
from imagecrawler.jobs.head_start import take_head_start


def test_a_browser_and_a_server_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IMAGECRAWLER_DATABASE_URL", raising=False)
    # not pytest's own, which is long for a socket and closed to the server's user
    with TemporaryDirectory() as folder, ThreadPoolExecutor(1) as thread:
        config = load_config().model_copy(
            update={"data_dir": Path(folder) / "var", "database_url": None}
        )
        thread.submit(_use, config).result()
        assert not (config.data_dir / "postgres" / "postmaster.pid").exists()


def _use(config: Config) -> None:
    head_start = take_head_start(config)
    loop = asyncio.get_event_loop()
    browser = head_start.browser.take_browser()
    assert browser is not None
    database = Database.from_config(config, server=head_start.server)
    loop.run_until_complete(database.check())
    loop.run_until_complete(database.close())
    loop.run_until_complete(browser.close())
    loop.run_until_complete(head_start.browser.take_playwright().stop())
    loop.close()
