import re
from ipaddress import ip_network
from pathlib import Path

import pytest

from imagecrawler.config import PREFIX, Config, load_config
from imagecrawler.errors import BadConfiguration

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Config.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_defaults_need_nothing() -> None:
    config = load_config()
    assert config.database_url is None
    assert config.egress_allow == ()
    assert config.egress_ports == (80, 443)
    assert config.media_dir.is_absolute()


def test_lists_are_comma_separated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGECRAWLER_EGRESS_ALLOW", "127.0.0.0/8, ::1/128")
    monkeypatch.setenv("IMAGECRAWLER_EGRESS_PORTS", "80,443,8443")
    config = load_config()
    assert config.egress_allow == (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    assert config.egress_ports == (80, 443, 8443)


def test_a_star_opens_every_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGECRAWLER_EGRESS_PORTS", "*")
    assert load_config().egress_ports == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EGRESS_ALLOW", "everything"),
        ("EGRESS_PORTS", "http"),
        ("EGRESS_PORTS", ","),
        ("EGRESS_PORTS", "80,"),
        ("EGRESS_PORTS", "80,*"),
        ("EGRESS_PORTS", "0"),
        ("EGRESS_PORTS", "65536"),
        ("BROWSER_SANDBOX", "maybe"),
        ("STORAGE_URL", "ftp://bucket"),
        ("DB_POOL", "big"),
        ("PAGE_BUDGET", "soon"),
        ("ROBOTS", "maybe"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(BadConfiguration) as caught:
        load_config()
    assert PREFIX + name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGECRAWLER_R2_SECRET_ACCESS_KEY", "hush-hush")
    monkeypatch.setenv("IMAGECRAWLER_DATABASE_URL", "postgresql://u:hush-hush@db/x")
    assert "hush-hush" not in repr(load_config())


def test_a_misspelt_setting_is_one_warning_that_names_the_nearest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("IMAGECRAWLER_STORAGE_URI", "s3://bucket")
    (tmp_path / ".env").write_text("IMAGECRAWLER_ROBTOS=ignore\nIMAGECRAWLER_ROBOTS=ignore\n")
    assert load_config().robots == "ignore"
    assert [record.getMessage() for record in caplog.records] == [
        "IMAGECRAWLER_ROBTOS: no such setting; did you mean IMAGECRAWLER_ROBOTS?",
        "IMAGECRAWLER_STORAGE_URI: no such setting; did you mean IMAGECRAWLER_STORAGE_URL?",
    ]


def test_settings_and_other_programs_variables_are_no_warning(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("IMAGECRAWLER_PAGE_BUDGET", "20")
    monkeypatch.setenv("IMAGE_VIEWER", "feh")
    load_config()
    assert caplog.records == []


def test_every_setting_is_in_the_readme() -> None:
    documented = set(re.findall(r"^\| `IMAGECRAWLER_(\w+)`", README.read_text("utf-8"), re.M))
    assert documented == {name.upper() for name in Config.model_fields}
