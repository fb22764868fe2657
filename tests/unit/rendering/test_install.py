import pytest

from imagecrawler.rendering import install


def test_where_a_remote_browser_is_configured_none_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("IMAGECRAWLER_PLAYWRIGHT_CDP_URL", "http://browsers.example:9222")
    monkeypatch.setattr(install, "find_browser", lambda _: pytest.fail("looked for a local one"))
    assert install.ensure_browser() == "Chromium: using the one at http://browsers.example:9222"
