"""The commands beside ``scrape``."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import jwt
import pytest
from installation import Installation

from imagecrawler.db import migrate

SECRET = "a-secret-of-at-least-thirty-two-bytes"


@pytest.fixture
def unmigrated(installation: Installation, empty_database_url: str) -> Installation:
    """The installation with an empty database."""
    installation.environment["IMAGECRAWLER_DATABASE_URL"] = empty_database_url
    installation.database_url = empty_database_url
    return installation


def _ids(stdout: str) -> dict[str, str]:
    return dict(line.split() for line in stdout.splitlines())


def test_campaign_add_prints_what_it_added(installation: Installation) -> None:
    done = installation.run("imagecrawler", "campaign", "add", "Autumn")
    assert done.returncode == 0, done.stderr
    ids = _ids(done.stdout)
    [row] = installation.rows(
        "SELECT id::text AS campaign, user_id::text AS user, name FROM campaigns"
    )
    assert row == {**ids, "name": "Autumn"}


def test_campaign_add_twice_changes_nothing(installation: Installation) -> None:
    campaign, user = str(uuid4()), str(uuid4())
    command = ("imagecrawler", "campaign", "add", "Autumn", "--id", campaign, "--user", user)
    for _ in range(2):
        done = installation.run(*command)
        assert _ids(done.stdout) == {"campaign": campaign, "user": user}
    assert installation.rows("SELECT count(*) FROM campaigns") == [{"count": 1}]


def test_another_user_s_campaign_is_bad_input(
    installation: Installation, campaign: str, one_line: Callable[[str], str]
) -> None:
    done = installation.run(
        "imagecrawler", "campaign", "add", "Mine", "--id", campaign, "--user", str(uuid4())
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "belongs to another user" in one_line(done.stderr)


def test_a_token_is_of_its_user(installation: Installation) -> None:
    user = uuid4()
    done = installation.run(
        "imagecrawler", "token", "--user", str(user), IMAGECRAWLER_JWT_SECRET=SECRET
    )
    assert done.returncode == 0, done.stderr
    claims = jwt.decode(
        done.stdout.strip(),
        SECRET,
        algorithms=["HS256"],
        audience="imagecrawler",
        issuer="imagecrawler",
    )
    assert UUID(claims["sub"]) == user
    assert claims["exp"] - claims["iat"] == 24 * 3600


def test_db_upgrade_makes_the_tables(
    unmigrated: Installation, one_line: Callable[[str], str]
) -> None:
    before = unmigrated.run("imagecrawler", "campaign", "add", "Autumn")
    assert before.returncode == 1
    assert "run: imagecrawler db upgrade" in one_line(before.stderr)
    for _ in range(2):
        done = unmigrated.run("imagecrawler", "db", "upgrade")
        assert done.returncode == 0, done.stderr
        assert one_line(done.stdout) == f"the database is at revision {migrate.head()}"
    assert unmigrated.run("imagecrawler", "campaign", "add", "Autumn").returncode == 0


def test_doctor_finds_everything_well(installation: Installation) -> None:
    done = installation.run("imagecrawler", "doctor")
    assert done.returncode == 0, done.stdout
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        ["ok", "browser"],
        ["ok", "database"],
        ["ok", "store"],
    ]


def test_doctor_names_the_remedy_for_each_sick_part(unmigrated: Installation) -> None:
    (unmigrated.folder / "file").touch()
    done = unmigrated.run(
        "imagecrawler", "doctor", IMAGECRAWLER_STORAGE_URL=f"file://{unmigrated.folder}/file"
    )
    assert done.returncode == 1
    browser, database, store = done.stdout.splitlines()
    assert browser.startswith("ok")
    assert database.startswith("FAIL  database")
    assert "imagecrawler db upgrade" in database
    assert store.startswith("FAIL  store")
    assert "IMAGECRAWLER_STORAGE_URL" in store
    assert "Traceback" not in done.stderr


def test_doctor_install_looks_at_nothing_but_the_browser(
    unmigrated: Installation, one_line: Callable[[str], str]
) -> None:
    done = unmigrated.run("imagecrawler", "doctor", "--install")
    assert done.returncode == 0, done.stderr
    assert one_line(done.stdout).startswith("Chromium: using ")


def test_a_misspelt_setting_is_named_once(
    installation: Installation, one_line: Callable[[str], str]
) -> None:
    done = installation.run(
        "imagecrawler", "campaign", "add", "Autumn", IMAGECRAWLER_STORAGE_URI="s3://bucket"
    )
    assert done.returncode == 0
    assert "did you mean IMAGECRAWLER_STORAGE_URL?" in one_line(done.stderr)


def test_the_doctor_tries_the_store(installation: Installation) -> None:
    well = installation.run("imagecrawler", "doctor", "--store")
    assert well.returncode == 0, well.stderr
    assert [line.split()[0] for line in well.stdout.splitlines()] == ["ok"] * 8
    (installation.folder / "file").touch()
    sick = installation.run(
        *("imagecrawler", "doctor", "--store"),
        IMAGECRAWLER_STORAGE_URL=f"file://{installation.folder}/file",
    )
    assert sick.returncode == 1
    assert sick.stdout.startswith("FAIL  reach")
    assert "IMAGECRAWLER_STORAGE_URL" in sick.stdout
