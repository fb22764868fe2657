"""The OpenAPI document: what it says beyond what FastAPI finds out."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from imagecrawler.api.problems import MEDIA_TYPE
from imagecrawler.api.schemas import ProblemDocument

Answers = dict[int | str, dict[str, Any]]

DESCRIPTIONS: Final = {
    401: "No token, or one that is not accepted.",
    404: "There is no such thing, or it is somebody else's.",
    408: "The body did not come in time.",
    413: "The body is too large.",
    422: "The request is not valid; `errors` names the fields.",
    429: "Too many requests, or scrapes; `Retry-After` says when to come again.",
    503: "A part of the service cannot be reached.",
}


REFERENCE: Final = "#/components/schemas/{model}"


def document(app: FastAPI) -> dict[str, Any]:
    """The document, made once. FastAPI knows no model of another media type than its answers'."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        problem = ProblemDocument.model_json_schema(ref_template=REFERENCE)
        parts = problem.pop("$defs")
        made["components"]["schemas"] |= {ProblemDocument.__name__: problem, **parts}
        app.openapi_schema = made
    return app.openapi_schema


def problems(*statuses: int) -> Answers:
    """The ``responses`` of a route that answers these, besides 401, 422, 429 and 503."""
    return {status: _problem(status) for status in sorted({401, 422, 429, 503, *statuses})}


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": REFERENCE.format(model=ProblemDocument.__name__)}
    example = {"type": "about:blank", "status": status, "detail": DESCRIPTIONS[status]}
    return {
        "description": DESCRIPTIONS[status],
        "content": {MEDIA_TYPE: {"schema": schema, "example": example}},
    }
