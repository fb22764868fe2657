"""scrapyd does not start open to everybody."""

from __future__ import annotations

import configparser
from pathlib import Path

import pytest

from imagecrawler.scrapyd_app import application

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, "SCRAPYD_USERNAME and SCRAPYD_PASSWORD"),
        ({"SCRAPYD_USERNAME": "operator"}, "SCRAPYD_PASSWORD"),
        ({"SCRAPYD_USERNAME": "operator", "SCRAPYD_PASSWORD": ""}, "SCRAPYD_PASSWORD"),
        ({"SCRAPYD_PASSWORD": "open-sesame"}, "SCRAPYD_USERNAME"),
    ],
)
def test_credentials_are_asked_for(
    given: dict[str, str], missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SCRAPYD_USERNAME", "SCRAPYD_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=f"set {missing}; it does not start without credentials"):
        application({})


def test_the_configuration_starts_it_so_and_on_loopback() -> None:
    parser = configparser.ConfigParser()
    parser.read(PROJECT / "scrapyd.conf")
    settings = parser["scrapyd"]
    assert settings["application"] == f"{application.__module__}.{application.__name__}"
    assert settings["bind_address"] == "127.0.0.1"
    assert not {"username", "password"} & set(settings)
