"""Every error as a problem document (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from imagecrawler.api.headers import SECURITY
from imagecrawler.errors import (
    BadInput,
    DatabaseError,
    ImagecrawlerError,
    StoreError,
    UnknownCampaign,
)

logger = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 5


class ProblemResponse(JSONResponse):
    """``title`` is the status in words, ``detail`` what to do about this one."""

    media_type = MEDIA_TYPE

    def __init__(
        self, status: int, detail: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        title = HTTPStatus(status).phrase
        document = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        super().__init__(document | more, status, headers)


def _of_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    details = {404: "There is nothing here.", 405: "This address has other methods."}
    detail = str(error.detail)
    if detail == HTTPStatus(error.status_code).phrase:
        detail = details.get(error.status_code, detail)
    return ProblemResponse(error.status_code, detail, error.headers)


def _of_validation(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [
        {"field": ".".join(map(str, each["loc"])), "detail": each["msg"]} for each in error.errors()
    ]
    first = errors[0]
    return ProblemResponse(422, f"{first['field']}: {first['detail']}", errors=errors)


def _of_ours(request: Request, error: Exception) -> Response:
    match error:
        case UnknownCampaign():
            return ProblemResponse(404, "There is no such campaign.")
        case BadInput():
            return ProblemResponse(422, str(error))
        case DatabaseError() | StoreError():
            logger.error("%s %s: %s", request.method, request.url.path, error)
            detail = "The service cannot reach one of its parts. Please try again soon."
            return ProblemResponse(503, detail, {"Retry-After": str(RETRY_SECONDS)})
    return _of_fault(request, error)


def _of_fault(_: Request, __: Exception) -> Response:
    # The server logs the traceback: Starlette raises the exception again after this answer, which
    # it makes outside of all middleware.
    return ProblemResponse(500, "The service failed. Its log says why.", dict(SECURITY))


HANDLERS: Final[tuple[tuple[type[Exception], Callable[[Request, Exception], Response]], ...]] = (
    (HTTPException, _of_http),
    (RequestValidationError, _of_validation),
    (ImagecrawlerError, _of_ours),
    (Exception, _of_fault),
)
