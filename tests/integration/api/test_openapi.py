"""Requests made up from the OpenAPI document, sent to the application in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case
from schemathesis.python.asgi import shutdown_lifespans
from schemathesis.schemas import BaseSchema

from imagecrawler.api.app import create_app
from imagecrawler.config import Config, load_config
from imagecrawler.tokens import issue_token

Sql = Callable[..., list[tuple]]

DOCUMENT = create_app(load_config(jwt_secret="x" * 40, data_dir=Path("var"))).openapi()
OPERATIONS = [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods]

FEW = settings(max_examples=20, deadline=None, database=None, suppress_health_check=HealthCheck)


@pytest.fixture
def schema(config: Config) -> Iterator[BaseSchema]:
    yield schemathesis.openapi.from_asgi("/openapi.json", create_app(config))
    shutdown_lifespans()


@pytest.fixture
def known(sql: Sql) -> dict[str, Any]:
    """A user, their campaign and a picture of it."""
    [(user_id, campaign_id, image_id)] = sql(
        "WITH owner AS (INSERT INTO users (id) VALUES (gen_random_uuid()) RETURNING id), "
        "campaign AS (INSERT INTO campaigns (user_id, name) SELECT id, 'Autumn' FROM owner "
        "RETURNING user_id, id) "
        "INSERT INTO scraped_images (user_id, campaign_id, r2_path, cdn_url, width, height, "
        "file_size, format) SELECT user_id, id, 'campaigns/1/scraped-images/hero_01.jpg', "
        "'https://cdn.example/1', 1, 1, 1, 'jpeg' FROM campaign "
        "RETURNING user_id, campaign_id, id"
    )
    return {"user_id": user_id, "campaign_id": campaign_id, "image_id": image_id}


@pytest.fixture
def headers(config: Config, known: dict[str, Any]) -> dict[str, str]:
    token = issue_token(config, UUID(str(known["user_id"])), timedelta(hours=1))
    return {"Authorization": f"Bearer {token}", "Prefer": "wait=0"}


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_whatever_is_asked_the_answer_is_documented(
    schema: BaseSchema, path: str, method: str, headers: dict[str, str]
) -> None:
    @FEW
    @given(schema[path][method].as_strategy())
    def check(case: Case) -> None:
        case.call_and_validate(headers=headers)

    check()


@pytest.mark.parametrize(
    ("path", "method"), [each for each in OPERATIONS if "{campaign_id}" in each[0]]
)
def test_whatever_is_asked_of_ones_own(
    schema: BaseSchema, path: str, method: str, headers: dict[str, str], known: dict[str, Any]
) -> None:
    @FEW
    @given(schema[path][method].as_strategy())
    def check(case: Case) -> None:
        ids = {name: str(known[name]) for name in case.path_parameters if name in known}
        case.path_parameters.update(ids)
        case.call_and_validate(headers=headers)

    check()
