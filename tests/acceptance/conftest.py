"""The product as its users run it: processes, with a database, a store and the demo shop."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from installation import Installation


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


@pytest.fixture
def endpoint(s3_endpoint: str) -> str:
    """The address of an S3 service."""
    return s3_endpoint
