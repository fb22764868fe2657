"""One installed product, as the acceptance tests see it from outside."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import psycopg2.extras

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
