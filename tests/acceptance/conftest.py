"""The product as its users run it: processes, with a database, a store and the demo shop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extras
import pytest

PROJECT = Path(__file__).parents[2]
SECONDS = 120


@dataclass
class Installation:
    """One configured product: its environment, and what is in its database and its store."""

    environment: dict[str, str]
    database_url: str
    folder: Path

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *command],
            env={**self.environment, **environment},
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def scrape(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run("imagecrawler", "scrape", *arguments, **environment)

    def scrape_json(self, *arguments: str, **environment: str) -> dict[str, Any]:
        done = self.scrape(*arguments, "--json", **environment)
        assert done.stdout, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def rows(self, query: str, *values: object) -> list[Mapping[str, Any]]:
        connection = psycopg2.connect(self.database_url)
        try:
            with (
                connection,
                connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor,
            ):
                cursor.execute(query, values)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    @property
    def media(self) -> Path:
        return self.folder / "media"

    def objects(self) -> dict[str, bytes]:
        """What the filesystem store serves, by object key."""
        return {
            str(path.relative_to(self.media)): path.read_bytes()
            for path in sorted(self.media.glob("campaigns/**/*"))
            if path.is_file()
        }


@pytest.fixture
def installation(database_url: str, tmp_path: Path) -> Installation:
    """A fresh, migrated database and an empty filesystem store."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("IMAGECRAWLER_")
    }
    environment |= {
        "IMAGECRAWLER_DATA_DIR": str(tmp_path),
        "IMAGECRAWLER_DATABASE_URL": database_url,
        "IMAGECRAWLER_EGRESS_ALLOW": "127.0.0.0/8",
    }
    return Installation(environment, database_url, tmp_path)


@pytest.fixture
def campaign(installation: Installation) -> str:
    """A campaign of the installation."""
    [row] = installation.rows(
        "WITH owner AS (INSERT INTO users (id) VALUES (gen_random_uuid()) RETURNING id) "
        "INSERT INTO campaigns (id, user_id, name) "
        "SELECT gen_random_uuid(), id, 'Autumn' FROM owner RETURNING id::text"
    )
    identifier: str = row["id"]
    return identifier


@pytest.fixture
def one_line() -> Callable[[str], str]:
    """The only line of a text; fails when there are more, or a traceback."""

    def check(text: str) -> str:
        lines = text.strip().splitlines()
        assert len(lines) == 1, text
        return lines[0]

    return check
