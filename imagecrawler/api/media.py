"""``/media/…``: the objects of a filesystem store, which has no CDN before it."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from imagecrawler.api.services import Serving
from imagecrawler.errors import StoreError
from imagecrawler.storage import ObjectInfo
from imagecrawler.storage.formats import FORMATS
from imagecrawler.storage.store import require_key

router = APIRouter(include_in_schema=False)

SERVED: Final = frozenset(entry.content_type for entry in FORMATS)

# Pictures are public, as behind a CDN, and the bytes of a key never change.
HEADERS: Final = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@router.api_route("/media/{key:path}", methods=["GET", "HEAD"])
async def read_object(key: str, request: Request, services: Serving) -> Response:
    """The picture under ``key``; 304 where the caller has it."""
    try:
        require_key(key)
    except StoreError:
        raise _nothing() from None
    found = await services.store.head(key)
    if found is None or found.content_type not in SERVED:
        raise _nothing()
    headers = HEADERS | {"ETag": f'"{found.etag}"'}
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    return await _picture(found, request.method, services, headers)


async def _picture(
    found: ObjectInfo, method: str, services: Serving, headers: dict[str, str]
) -> Response:
    if method == "HEAD":
        headers["Content-Length"] = str(found.size)
        return Response(headers=headers, media_type=found.content_type)
    try:
        body = await services.store.get(found.key)
    except StoreError:
        if await services.store.head(found.key) is None:
            raise _nothing() from None
        raise
    return Response(body, headers=headers, media_type=found.content_type)


def _nothing() -> HTTPException:
    return HTTPException(404, "There is no such picture.")
