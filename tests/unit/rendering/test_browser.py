import os
from pathlib import Path

import pytest

from imagecrawler.config import load_config
from imagecrawler.errors import BadConfiguration
from imagecrawler.rendering import browser


def _executable(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return path


@pytest.fixture
def _bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "ms-playwright"))
    monkeypatch.delenv("IMAGECRAWLER_BROWSER_PATH", raising=False)
    monkeypatch.setattr(browser, "MAC_APPLICATIONS", ())


@pytest.mark.usefixtures("_bare_machine")
def test_the_order_is_configured_system_download(tmp_path: Path) -> None:
    assert browser.find_browser(load_config()) is None

    shell = "chromium_headless_shell-1/chrome-linux/headless_shell"
    download = _executable(tmp_path / "ms-playwright" / shell)
    assert browser.find_browser(load_config()) == download

    full = _executable(tmp_path / "bin/chromium")
    assert browser.find_browser(load_config()) == full

    faster = _executable(tmp_path / "bin/chromium-headless-shell")
    assert browser.find_browser(load_config()) == faster

    own = _executable(tmp_path / "my-chromium")
    assert browser.find_browser(load_config(browser_path=own)) == own


@pytest.mark.usefixtures("_bare_machine")
def test_no_chromium_names_the_remedy() -> None:
    with pytest.raises(BadConfiguration, match="doctor --install"):
        browser.launch_options(load_config())


def test_a_wrong_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="IMAGECRAWLER_BROWSER_PATH"):
        browser.find_browser(load_config(browser_path=tmp_path / "nothing"))


@pytest.mark.parametrize(
    ("setting", "root", "sandboxed"),
    [("on", False, True), ("off", False, False), ("on", True, False)],
)
def test_only_root_and_who_asks_for_it_run_without_the_sandbox(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, setting: str, root: bool, sandboxed: bool
) -> None:
    monkeypatch.setattr(browser, "running_as_root", lambda: root)
    config = load_config(browser_sandbox=setting, browser_path=_executable(tmp_path / "chromium"))
    assert browser.launch_options(config)["chromium_sandbox"] is sandboxed


@pytest.mark.parametrize("switch", ["webrtc-ip-handling-policy", "force-webrtc-ip-handling-policy"])
def test_every_kind_of_chromium_is_told_to_keep_webrtc_behind_the_proxy(switch: str) -> None:
    assert f"--{switch}=disable_non_proxied_udp" in browser.ARGUMENTS


def test_the_driver_s_code_is_kept_beside_the_embedded_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NODE_COMPILE_CACHE", "")
    monkeypatch.delenv("NODE_COMPILE_CACHE")
    browser.keep_driver_compiled(load_config(database_url="postgresql://db/imagecrawler"))
    assert "NODE_COMPILE_CACHE" not in os.environ
    browser.keep_driver_compiled(load_config(data_dir=tmp_path))
    assert os.environ["NODE_COMPILE_CACHE"] == str(tmp_path / "driver-cache")
    browser.keep_driver_compiled(load_config(data_dir=tmp_path / "elsewhere"))
    assert os.environ["NODE_COMPILE_CACHE"] == str(tmp_path / "driver-cache")
